/**
 * Clients for tests: requests, raw bytes and streams, with a check that the documents describe each
 * answer.
 */
@NullMarked
package dev.tally.testkit.http;

import org.jspecify.annotations.NullMarked;

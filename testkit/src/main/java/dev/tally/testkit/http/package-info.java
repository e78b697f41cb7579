/**
 * Clients as tests have them: requests, raw bytes, streams, and whether the answers are documented.
 */
@NullMarked
package dev.tally.testkit.http;

import org.jspecify.annotations.NullMarked;

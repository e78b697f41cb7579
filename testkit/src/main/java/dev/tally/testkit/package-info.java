/**
 * What tests and benchmarks of several modules use: servers, services as processes of their own,
 * and clients of both.
 */
@NullMarked
package dev.tally.testkit;

import org.jspecify.annotations.NullMarked;

/**
 * Servers, services as separate processes, and clients of both, for the tests and benchmarks of
 * several modules.
 */
@NullMarked
package dev.tally.testkit;

import org.jspecify.annotations.NullMarked;

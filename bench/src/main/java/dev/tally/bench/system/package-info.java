/** The data that the benchmarks load, and the queues of the system. */
@NullMarked
package dev.tally.bench.system;

import org.jspecify.annotations.NullMarked;

/** What the benchmarks fill a system with, and how they see its queues. */
@NullMarked
package dev.tally.bench.system;

import org.jspecify.annotations.NullMarked;

/** The data that the benchmarks load, and the least that the database must do with it. */
@NullMarked
package dev.tally.bench.data;

import org.jspecify.annotations.NullMarked;

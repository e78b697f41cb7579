/** Rows about growing data, and about memory and start-up. */
@NullMarked
package dev.tally.bench.growth;

import org.jspecify.annotations.NullMarked;

/** The benchmarks: a class for each section of the table. */
@NullMarked
package dev.tally.bench;

import org.jspecify.annotations.NullMarked;

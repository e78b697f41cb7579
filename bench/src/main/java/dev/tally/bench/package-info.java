/** The benchmarks. Each section of the table has a class. */
@NullMarked
package dev.tally.bench;

import org.jspecify.annotations.NullMarked;

/** Rows about searching. */
@NullMarked
package dev.tally.bench.search;

import org.jspecify.annotations.NullMarked;

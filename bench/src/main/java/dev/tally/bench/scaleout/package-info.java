/** Rows about more than one of each process. */
@NullMarked
package dev.tally.bench.scaleout;

import org.jspecify.annotations.NullMarked;

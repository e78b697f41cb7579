/** Rows about accepting messages, one by one and in batches. */
@NullMarked
package dev.tally.bench.accept;

import org.jspecify.annotations.NullMarked;

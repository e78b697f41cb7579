/** Rows about reading messages. */
@NullMarked
package dev.tally.bench.read;

import org.jspecify.annotations.NullMarked;

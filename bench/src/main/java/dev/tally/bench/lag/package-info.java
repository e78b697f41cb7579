/** Rows about the time until a message is readable and searchable. */
@NullMarked
package dev.tally.bench.lag;

import org.jspecify.annotations.NullMarked;

/** Rows about draining full queues. */
@NullMarked
package dev.tally.bench.drain;

import org.jspecify.annotations.NullMarked;

/** What is persisted and not indexed yet, in a table of MySQL. */
@NullMarked
package dev.tally.worker.outbox;

import org.jspecify.annotations.NullMarked;

/** What the drain's statements share: batches of rows, and parameters. */
@NullMarked
package dev.tally.worker.drain.sql;

import org.jspecify.annotations.NullMarked;

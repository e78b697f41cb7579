/**
 * Claims jobs from the queue, persists them in one transaction a batch, and acknowledges them after
 * the commit.
 */
@NullMarked
package dev.tally.worker.drain;

import org.jspecify.annotations.NullMarked;

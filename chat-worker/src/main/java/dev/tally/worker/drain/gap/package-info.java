/**
 * Notices that a row is persisted whose number does not follow the highest one before it: the jobs
 * of the numbers in between did not come.
 *
 * <p>The transaction that persists a batch has locked the parent's count. A gap below the new rows
 * makes their highest number exceed the count with them, so without a gap nothing is asked. Else
 * one statement asks for the highest number before: a gap below that one is not new.
 *
 * <p>After the commit, Redis is read for the numbers that were left out, because most of them
 * belong to dead letters. A worker that is killed in between reports nothing; {@code verify} finds
 * the gap.
 *
 * @see dev.tally.worker.drain.gap.SkippedNumbers what the transaction asks
 * @see dev.tally.worker.drain.gap.GapMonitor what is a gap, after the commit
 */
@NullMarked
package dev.tally.worker.drain.gap;

import org.jspecify.annotations.NullMarked;

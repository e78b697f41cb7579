/**
 * What an operator does with dead letters that no retry can save.
 *
 * <p>Their jobs leave Redis for good: {@link dev.tally.worker.deadletter.Drop} gives them up, and
 * {@link dev.tally.worker.deadletter.Resubmission} accepts them under new numbers. The numbers that
 * they had stay given out, so {@link dev.tally.worker.deadletter.FreedNumbers} leaves void rows.
 *
 * <p>The order keeps this right if the process ends in between: first the new job, then the void
 * row, then the dead letter goes. Each step may be repeated.
 *
 * @see dev.tally.common.deadletter.DeadLetters
 */
@NullMarked
package dev.tally.worker.deadletter;

import org.jspecify.annotations.NullMarked;

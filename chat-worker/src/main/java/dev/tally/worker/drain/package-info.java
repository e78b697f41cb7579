/**
 * Moves accepted writes from the queue in Redis to the rows in MySQL.
 *
 * <p>Structures, by partition ({@link dev.tally.common.partition.PartitionKeys}):
 *
 * <ul>
 *   <li>{@code jobs}, a list for each app: its waiting jobs, oldest first
 *   <li>{@code ring}, a list: the apps that have such jobs, in the order of their turns
 *   <li>{@code retried}, a list: jobs that an operator retries, oldest first
 *   <li>{@code claimed}, a list: the batch that the partition's owner works on; at most one
 *   <li>{@code dead}, a list: rejected jobs with their reasons
 * </ul>
 *
 * <p>The process, for each batch:
 *
 * <ol>
 *   <li>Claim: {@code claim.lua} moves up to {@code batch-jobs} jobs to {@code claimed}: retried
 *       ones first, then a turn of each app, round the ring. A large batch takes several calls,
 *       between which Redis serves others. If {@code claimed} holds a batch already, it hands out
 *       that one again.
 *   <li>Persist: one transaction inserts the rows that are missing ({@link
 *       dev.tally.worker.drain.batch}). After a timeout, several smaller transactions do. If MySQL
 *       does not take a value, they are halved until the job with that value is alone.
 *   <li>Acknowledge: {@code acknowledge.lua} stores the dead letters and deletes the batch. Before
 *       that, a rejected number has raised the counter that gave it out twice.
 * </ol>
 *
 * <p>What keeps it right:
 *
 * <ul>
 *   <li>A job leaves Redis after its commit, so a worker may be killed at any moment: the batch is
 *       delivered again.
 *   <li>A job that was persisted before is recognised by its row, and persisted once.
 *   <li>The lease is confirmed right before the commit. It keeps jobs in order; it does not keep
 *       the data right.
 *   <li>A fault of a server is retried until it ends, in order. A job that can never be persisted
 *       is rejected, alone, and blocks no other.
 *   <li>A job whose app is deleted is dropped: nobody wants it back, so it is no dead letter.
 *   <li>A slow MySQL gets smaller transactions, down to a single job. A job that times out alone is
 *       tried again like any other, and never rejected for it.
 * </ul>
 *
 * <p>ADRs 0002, 0016 and 0022 have the reasons.
 *
 * @see Drain the loop
 * @see BatchSize how many jobs a transaction has
 * @see dev.tally.worker.drain.queue the scripts
 * @see CounterRaise what follows a number that was given out twice
 * @see dev.tally.worker.drain.batch the transaction
 * @see dev.tally.worker.lease
 * @see dev.tally.worker.outbox
 */
@NullMarked
package dev.tally.worker.drain;

import org.jspecify.annotations.NullMarked;

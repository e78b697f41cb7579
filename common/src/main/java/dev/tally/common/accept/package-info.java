/**
 * Accepts jobs: gives each one its number and its place in the queue, in one atomic step.
 *
 * <p>Structures in Redis, by the keys of {@link dev.tally.common.partition.PartitionKeys}:
 *
 * <ul>
 *   <li>a counter for each {@link dev.tally.common.accept.counter.Parent}: the highest number given
 *       out in an app or a chat. A parent without a counter is unknown. An app's counter also has
 *       its access state: whether it takes writes.
 *   <li>a list for each app: the jobs that no worker has claimed, oldest first; and for each
 *       partition a ring of the apps that have some
 *   <li>a record for each idempotency key: the request's fingerprint and its numbers, for the life
 *       that {@link dev.tally.common.accept.IdempotencyLimits} say. Records are fields of hashes,
 *       one for each app and slice of time, which expire as a whole.
 * </ul>
 *
 * <p>The process:
 *
 * <ol>
 *   <li>The caller writes jobs, open at their ends.
 *   <li>{@code lua/accept.lua} checks the access state, the idempotency key, the parent and the
 *       limits, then takes the numbers and pushes the jobs. It does all of this or nothing, in one
 *       round trip.
 *   <li>If Redis does not know the access state or the parent, or its counter is behind or no
 *       number, {@link dev.tally.common.accept.counter.CounterRecovery} looks at the jobs in Redis
 *       and asks MySQL, sets or raises the counter, and the script runs again. A parent that
 *       neither has is a 404.
 *   <li>If the deployment asks for it, the caller gets the numbers only when replicas of Redis have
 *       the jobs, too: {@link dev.tally.common.accept.replica}.
 * </ol>
 *
 * <p>Four rules keep it right. A number and its job come from the same script, so there is no
 * number without a job. A counter is only set where there is none or no number, and only raised
 * where there is one, so concurrent services recover the same one. An access state that is missing
 * or of an older epoch is unknown, never open, and is recovered under the lock of whoever deletes
 * the app. No call that may have run is sent twice: after an error a job may be queued or not, and
 * only the caller, with an idempotency key, may try again.
 *
 * @see dev.tally.common.accept.JobQueue
 * @see dev.tally.common.queue.JobCodec
 * @see dev.tally.common.accept.IdempotencyKey
 */
@NullMarked
package dev.tally.common.accept;

import org.jspecify.annotations.NullMarked;

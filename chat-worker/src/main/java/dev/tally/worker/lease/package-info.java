/**
 * Decides which worker drains which partition: at any time at most one worker holds a partition's
 * lease, and live workers share the partitions evenly.
 *
 * <p>Structures, in Redis ({@link dev.tally.common.partition.PartitionKeys}):
 *
 * <ul>
 *   <li>{@code tally:workers}, a sorted set: the roll of live workers, with the time at which each
 *       entry expires
 *   <li>{@code owner}, a string with an expiry for each partition: the id of the worker that holds
 *       the lease
 * </ul>
 *
 * <p>The process, four times in the duration of a lease:
 *
 * <ol>
 *   <li>Attend: {@code attend.lua} extends this worker's entry in the roll, removes expired ones,
 *       and returns the roll. A worker at place p of n wants the partitions p, p + n, p + 2n, and
 *       so on.
 *   <li>Renew the leases that are held and wanted; end those that are not wanted any more. Their
 *       threads finish the batch under way and release the lease.
 *   <li>Acquire the wanted leases that are free, and start a thread for each.
 * </ol>
 *
 * <p>What keeps it right:
 *
 * <ul>
 *   <li>All workers see the same roll and compute the same shares, so they need not talk.
 *   <li>A worker measures a lease from before it asked Redis, on its own monotonic clock. So it
 *       stops before Redis can give the lease to another worker.
 *   <li>A process that was frozen may not know that its lease has expired. {@link
 *       dev.tally.worker.lease.Lease#confirm} therefore asks Redis before each commit, and the
 *       scripts of the drain check {@code owner} themselves.
 *   <li>A worker's id is never used again, so a restarted process cannot take the leases of its
 *       predecessor for its own.
 * </ul>
 *
 * @see Leases the heartbeat and the threads
 * @see LeaseScripts the scripts
 * @see dev.tally.worker.drain
 */
@NullMarked
package dev.tally.worker.lease;

import org.jspecify.annotations.NullMarked;

package dev.tally.worker.drain;

import java.util.List;

/**
 * A batch that has been moved from the queue to the partition's claimed batch.
 *
 * @param jobs the jobs as Redis holds them, oldest first; empty if none waits
 * @param redelivered whether the jobs were claimed before and not acknowledged: some or all of them
 *     may be persisted
 */
record Claim(List<byte[]> jobs, boolean redelivered) {}

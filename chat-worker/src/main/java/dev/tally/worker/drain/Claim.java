package dev.tally.worker.drain;

import java.util.List;

/**
 * A batch that has been moved from the queue to the partition's claimed batch.
 *
 * @param jobs the jobs as they lie in Redis, oldest first; empty if none waits
 * @param redelivered whether they were claimed before and not acknowledged: some or all may be
 *     persisted
 */
record Claim(List<byte[]> jobs, boolean redelivered) {}

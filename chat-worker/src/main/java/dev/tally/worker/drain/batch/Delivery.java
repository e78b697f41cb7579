package dev.tally.worker.drain.batch;

import dev.tally.common.queue.Job;

/**
 * A job that this worker has claimed.
 *
 * @param raw the job as Redis holds it
 * @param job the decoded job
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Delivery(byte[] raw, Job job) {}

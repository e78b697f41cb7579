package dev.tally.worker.drain;

import dev.tally.common.queue.Job;

/**
 * A job that was handed to this worker.
 *
 * @param raw the job as it lies in Redis
 * @param job what it says
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Delivery(byte[] raw, Job job) {}

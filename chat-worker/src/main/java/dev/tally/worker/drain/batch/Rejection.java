package dev.tally.worker.drain.batch;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.queue.Job;
import org.jspecify.annotations.Nullable;

/**
 * A job that can never be persisted.
 *
 * @param raw the job as Redis holds it
 * @param job the decoded job, null if it cannot be decoded
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Rejection(byte[] raw, @Nullable Job job, DeadLetter.Reason reason) {

  /** The rejection of a job that this version cannot decode. */
  public static Rejection undecodable(byte[] raw) {
    return new Rejection(raw, null, DeadLetter.Reason.UNDECODABLE);
  }

  public static Rejection of(Delivery delivery, DeadLetter.Reason reason) {
    return new Rejection(delivery.raw(), delivery.job(), reason);
  }
}

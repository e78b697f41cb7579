package dev.tally.worker.lease;

import java.util.UUID;

/**
 * Names one run of one worker process. A worker that is started again has another id, because its
 * predecessor may still act on the leases of the old one.
 *
 * @param value unique, and never used again
 */
public record WorkerId(String value) {

  static WorkerId random() {
    return new WorkerId(UUID.randomUUID().toString());
  }

  @Override
  public String toString() {
    return value;
  }
}

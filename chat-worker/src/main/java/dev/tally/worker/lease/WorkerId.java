package dev.tally.worker.lease;

import java.util.UUID;

/**
 * Names one run of one worker process. A worker that is started again is another worker: it must
 * not take leases for its own that its predecessor may still act on.
 *
 * @param value unique for ever
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

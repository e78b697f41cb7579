package dev.tally.worker.lease;

import java.util.Set;

/** The partitions that this worker holds leases of. */
@FunctionalInterface
public interface OwnedPartitions {

  /** A snapshot; may be out of date by the time it is read. */
  Set<Integer> owned();
}

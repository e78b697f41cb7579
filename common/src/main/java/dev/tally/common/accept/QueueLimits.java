package dev.tally.common.accept;

import dev.tally.common.partition.PartitionKeys;

/** How much may wait in each partition at this moment. */
@FunctionalInterface
public interface QueueLimits {

  /** The present limit of a partition; called for each write. */
  QueueLimit of(PartitionKeys keys);
}

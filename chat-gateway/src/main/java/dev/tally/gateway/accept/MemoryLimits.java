package dev.tally.gateway.accept;

import dev.tally.common.accept.QueueLimit;
import dev.tally.common.accept.QueueLimits;
import dev.tally.common.partition.PartitionKeys;
import org.springframework.stereotype.Component;

/** The configured limits, and less while Redis is short of memory. */
@Component
final class MemoryLimits implements QueueLimits {

  private final RedisMemory memory;
  private final QueueLimit roomy;
  private final QueueLimit reserve;
  private final QueueLimit none = QueueLimit.of(0, 0, 0, 0);

  MemoryLimits(RedisMemory memory, AcceptProperties properties) {
    this.memory = memory;
    long jobs = properties.queueLimit();
    long bytes = properties.queueBytes().toBytes();
    // An app with many jobs waiting leaves a part of the queue to apps with fewer.
    roomy =
        QueueLimit.of(
            jobs,
            bytes,
            jobs - jobs / AcceptProperties.RESERVED,
            bytes - bytes / AcceptProperties.RESERVED);
    reserve = QueueLimit.of(jobs, bytes, 0, 0);
  }

  @Override
  public QueueLimit of(PartitionKeys keys) {
    return switch (memory.room(keys)) {
      case PLENTY -> roomy;
      case RESERVE -> reserve;
      case NONE -> none;
    };
  }
}

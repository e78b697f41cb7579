package dev.tally.bench.system;

import dev.tally.common.partition.PartitionKeys;
import io.lettuce.core.api.sync.RedisKeyCommands;
import io.lettuce.core.api.sync.RedisListCommands;

/** The queues of all partitions, of one Redis or of a cluster. */
public final class Queues {

  /** As many as the services have by default. */
  public static final int PARTITIONS = 16;

  private Queues() {}

  /** Throws away what is queued. The numbers stay taken. */
  public static void clear(RedisKeyCommands<String, String> commands) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      commands.unlink(new PartitionKeys(partition).jobs());
    }
  }

  /** Jobs in all partitions that are queued, or claimed and not acknowledged yet. */
  public static long waiting(RedisListCommands<String, String> commands) {
    long waiting = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      PartitionKeys keys = new PartitionKeys(partition);
      waiting += commands.llen(keys.jobs()) + commands.llen(keys.claimed());
    }
    return waiting;
  }
}

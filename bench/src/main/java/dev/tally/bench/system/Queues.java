package dev.tally.bench.system;

import dev.tally.common.partition.PartitionKeys;
import io.lettuce.core.api.sync.RedisKeyCommands;
import io.lettuce.core.api.sync.RedisListCommands;

/** The queues of all partitions, in one Redis or in a cluster. */
public final class Queues {

  /** The default number of partitions of the services. */
  public static final int PARTITIONS = 16;

  private Queues() {}

  /** Deletes all queued jobs. Their numbers stay given out. */
  public static void clear(RedisKeyCommands<String, String> commands) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      commands.unlink(new PartitionKeys(partition).jobs());
    }
  }

  /** The number of jobs in all partitions that are queued or claimed. */
  public static long waiting(RedisListCommands<String, String> commands) {
    long waiting = 0;
    for (int partition = 0; partition < PARTITIONS; partition++) {
      PartitionKeys keys = new PartitionKeys(partition);
      waiting += commands.llen(keys.jobs()) + commands.llen(keys.claimed());
    }
    return waiting;
  }
}

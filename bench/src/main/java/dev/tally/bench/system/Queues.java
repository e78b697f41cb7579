package dev.tally.bench.system;

import dev.tally.bench.data.Dataset;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** What waits for a worker: the queues of all partitions, and the outbox of search. */
public record Queues(Servers servers) {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration LOOK = Duration.ofMillis(20);

  /**
   * Measures how fast a worker empties full queues. It is frozen while the queues are filled, so
   * that a warm process starts with full queues.
   *
   * @return messages per second
   */
  public double drain(Service worker, AcceptCalls calls, int messages) {
    long before = servers.database().messages();
    whileFrozen(worker, () -> calls.queue(messages));
    Duration took = awaitPersisted();
    long persisted = servers.database().messages() - before;
    if (persisted != messages) {
      throw new IllegalStateException(
          "%,d messages were queued, but %,d were persisted".formatted(messages, persisted));
    }
    return messages * 1e9 / took.toNanos();
  }

  /** Fills the queues while the worker cannot empty them. */
  public static void whileFrozen(Service worker, Runnable fill) {
    worker.freeze();
    try {
      fill.run();
    } finally {
      worker.thaw();
    }
  }

  /** Waits until the queues are empty, and returns the time that this took. */
  public Duration awaitPersisted() {
    return await("an empty queue", this::waiting);
  }

  /** The number of jobs in all partitions that are queued or claimed. */
  public long waiting() {
    RedisCommands<String, String> redis = servers.redis().commands();
    return IntStream.range(0, Dataset.PARTITIONS)
        .mapToObj(PartitionKeys::new)
        .mapToLong(
            keys -> {
              String jobs = redis.hget(keys.state(), PartitionKeys.JOBS);
              return (jobs == null ? 0 : Long.parseLong(jobs)) + redis.llen(keys.claimed());
            })
        .sum();
  }

  /** Waits until all persisted messages are indexed, and returns the time that this took. */
  public Duration awaitSearch() {
    return await("an empty outbox", servers.database()::outbox);
  }

  /** Waits until {@code left} is zero, and returns the time that this took. */
  public static Duration await(String what, LongSupplier left) {
    long begin = System.nanoTime();
    while (left.getAsLong() > 0) {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new IllegalStateException("gave up waiting for " + what);
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Deletes all queued jobs. Their numbers stay given out. */
  public void clear() {
    RedisCommands<String, String> redis = servers.redis().commands();
    for (String queues : List.of("tally:*:?*:jobs", "tally:*:ring")) {
      redis.keys(queues).forEach(redis::unlink);
    }
    // The jobs were never accepted, then: jobs that are gone would be worth an error.
    for (int i = 0; i < Dataset.PARTITIONS; i++) {
      String state = new PartitionKeys(i).state();
      String acknowledged = redis.hget(state, PartitionKeys.ACKNOWLEDGED);
      redis.hdel(state, PartitionKeys.JOBS, PartitionKeys.BYTES);
      redis.hset(state, PartitionKeys.POSITION, acknowledged == null ? "0" : acknowledged);
    }
  }
}

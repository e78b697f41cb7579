package dev.tally.common.accept;

import dev.tally.common.epoch.Epochs;
import dev.tally.common.epoch.PartitionEpoch;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.TransientDataAccessResourceException;

/**
 * What this service knows of each partition: the run of Redis that it has found checked, and the
 * highest position that it was answered. A Redis that comes back with a lower position has lost
 * writes that this service has answered.
 */
final class PartitionMemory {

  /** Requests that wait for a check must not wait for those before them, too. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Epochs epochs;
  private final AtomicReferenceArray<@Nullable String> runs =
      new AtomicReferenceArray<>(Partitions.MAX_COUNT);
  private final AtomicLongArray positions = new AtomicLongArray(Partitions.MAX_COUNT);
  private final AtomicIntegerArray checks = new AtomicIntegerArray(Partitions.MAX_COUNT);
  private final Lock[] locks =
      IntStream.range(0, Partitions.MAX_COUNT)
          .mapToObj(_ -> new ReentrantLock())
          .toArray(Lock[]::new);

  PartitionMemory(Epochs epochs) {
    this.epochs = epochs;
  }

  /** The run that this service knows; empty if it knows none. */
  String run(PartitionKeys keys) {
    String run = runs.get(keys.partition());
    return run == null ? "" : run;
  }

  /** How many checks of the partition this service has made. */
  int checks(PartitionKeys keys) {
    return checks.get(keys.partition());
  }

  void remember(PartitionKeys keys, long position) {
    positions.accumulateAndGet(keys.partition(), position, Math::max);
  }

  /**
   * Makes sure that the present run of Redis is checked, with what this service remembers.
   *
   * @param before how many checks had been made before the script was called that asks for one
   * @throws org.springframework.dao.DataAccessException if that is not possible now
   */
  void check(PartitionKeys keys, int before) {
    int partition = keys.partition();
    Lock lock = locks[partition];
    lock(partition, lock);
    try {
      // Another thread may have checked, and positions after that say nothing of earlier runs.
      if (checks.get(partition) == before) {
        runs.set(partition, epochs.check(keys, positions.get(partition)));
        checks.incrementAndGet(partition);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Does so for each partition that this service knows, if Redis has become another run.
   *
   * @throws org.springframework.dao.DataAccessException if that is not possible now; partitions
   *     before this one are checked
   */
  void checkNewRuns() {
    for (int partition = 0; partition < runs.length(); partition++) {
      String known = runs.get(partition);
      if (known == null) {
        continue;
      }
      PartitionKeys keys = new PartitionKeys(partition);
      int before = checks(keys);
      PartitionEpoch now = epochs.epoch(keys);
      if (!known.equals(now.run()) || !known.equals(now.checkedRun())) {
        check(keys, before);
      }
    }
  }

  private static void lock(int partition, Lock lock) {
    try {
      if (lock.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new TransientDataAccessResourceException(
        "partition %d is still being checked".formatted(partition));
  }
}

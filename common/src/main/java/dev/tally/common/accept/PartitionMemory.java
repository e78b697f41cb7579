package dev.tally.common.accept;

import dev.tally.common.epoch.Epochs;
import dev.tally.common.epoch.PartitionEpoch;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
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
  private final AtomicReferenceArray<@Nullable Known> partitions =
      new AtomicReferenceArray<>(Partitions.MAX_COUNT);
  private final AtomicIntegerArray checks = new AtomicIntegerArray(Partitions.MAX_COUNT);
  private final Lock[] locks =
      IntStream.range(0, Partitions.MAX_COUNT)
          .mapToObj(_ -> new ReentrantLock())
          .toArray(Lock[]::new);

  /**
   * What is known of a partition.
   *
   * @param position the highest one that was answered in this run or in an earlier one
   */
  private record Known(String run, long position) {}

  PartitionMemory(Epochs epochs) {
    this.epochs = epochs;
  }

  /** The run that this service knows; empty if it knows none. */
  String run(PartitionKeys keys) {
    Known known = partitions.get(keys.partition());
    return known == null ? "" : known.run();
  }

  /** How many checks of the partition this service has made. */
  int checks(PartitionKeys keys) {
    return checks.get(keys.partition());
  }

  /**
   * Remembers a position that this service was answered.
   *
   * @param run the one that this service knew when it asked
   * @throws org.springframework.dao.DataAccessException if another run is known by now, and it
   *     cannot be compared with this position
   */
  void remember(PartitionKeys keys, String run, long position) {
    int partition = keys.partition();
    Known known = partitions.get(partition);
    while (known != null && known.run().equals(run)) {
      if (known.position() >= position
          || partitions.compareAndSet(partition, known, new Known(run, position))) {
        return;
      }
      known = partitions.get(partition);
    }
    // The answer of the earlier run came so late that the check could not know of it.
    epochs.check(keys, position);
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
        Known known;
        Known checked;
        do {
          known = partitions.get(partition);
          long position = known == null ? 0 : known.position();
          checked = new Known(epochs.check(keys, position), position);
        } while (!partitions.compareAndSet(partition, known, checked));
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
    for (int partition = 0; partition < partitions.length(); partition++) {
      PartitionKeys keys = new PartitionKeys(partition);
      String known = run(keys);
      if (known.isEmpty()) {
        continue;
      }
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

package dev.tally.worker.drain;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.drain.batch.Delivery;
import dev.tally.worker.drain.batch.Place;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.restore.LostNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** What a worker does about servers that have lost something. */
@Component
final class SetBacks {

  private static final Logger log = LoggerFactory.getLogger(SetBacks.class);

  private final Epochs epochs;
  private final LostNumbers lost;
  private final SupersededJobs superseded;
  private final QueueScripts queue;
  private final DrainMetrics metrics;

  /** The batches that could not be looked for when they were left, by partition. */
  private final Map<Integer, Batch> left = new ConcurrentHashMap<>();

  /** A batch that was claimed and not acknowledged. */
  private record Batch(Place place, List<Delivery> jobs) {}

  SetBacks(
      Epochs epochs,
      LostNumbers lost,
      SupersededJobs superseded,
      QueueScripts queue,
      DrainMetrics metrics) {
    this.epochs = epochs;
    this.lost = lost;
    this.superseded = superseded;
    this.queue = queue;
    this.metrics = metrics;
  }

  /** Says how many accepted jobs are gone from Redis, if any. */
  void report(int partition, long gone) {
    if (gone > 0) {
      metrics.gone(gone);
      log.error(
          "partition {}: {} accepted writes are lost: their jobs are not in Redis and were not"
              + " persisted, so somebody deleted them; verify names their numbers",
          partition,
          gone);
    }
  }

  /**
   * Looks at an idle partition, and fills what MySQL has lost before anybody misses it. Does
   * without if a server is away: the next batch is compared anyhow.
   *
   * @throws dev.tally.worker.lease.LeaseLostException if another worker owns the partition
   */
  void glance(Lease lease) {
    try {
      epochs.glance(lease.keys());
      lost.fillIfDue(lease.keys(), lease::confirm);
    } catch (DataAccessException | TransactionException e) {
      log.debug(
          "partition {}: the servers could not be compared: {}",
          lease.keys().partition(),
          LoggedFault.line(e));
    }
  }

  /**
   * Compares the servers, and keeps what only this worker has of a batch. What Redis still has of
   * it comes with the next claims.
   *
   * @throws DataAccessException if Redis or MySQL does not answer; to be repeated
   */
  void giveUp(Lease lease, Place place, List<Delivery> batch) {
    epochs.compare(lease.keys(), place.recorded());
    lost.fillIfDue(lease.keys(), lease::confirm);
    bury(lease.keys(), batch);
  }

  /**
   * Leaves a batch to the partition's next owner. If Redis has lost the batch, and perhaps the
   * lease with it, keeps what only this worker has. Without an answer, the next {@link #settle}
   * does that.
   */
  void leave(PartitionKeys keys, Place place, List<Delivery> jobs) {
    Batch batch = new Batch(place, jobs);
    try {
      keepIfLost(keys, batch);
    } catch (DataAccessException | TransactionException e) {
      left.put(keys.partition(), batch);
      log.warn(
          "partition {}: whether Redis has lost {} jobs of this worker is found out when the worker"
              + " gets the partition again: {}",
          keys.partition(),
          jobs.size(),
          LoggedFault.line(e));
    }
  }

  /**
   * Looks for the batch that this worker left when its last lease of the partition ended.
   *
   * @throws DataAccessException if Redis or MySQL does not answer; to be repeated
   */
  void settle(PartitionKeys keys) {
    Batch batch = left.get(keys.partition());
    if (batch != null) {
      keepIfLost(keys, batch);
      left.remove(keys.partition());
    }
  }

  private void keepIfLost(PartitionKeys keys, Batch batch) {
    epochs.compare(keys, batch.place().recorded());
    // Within an epoch Redis loses nothing: what is not there, another worker has persisted.
    if (epochs.epoch(keys).epoch() != batch.place().epoch()) {
      bury(keys, batch.jobs());
    }
  }

  private void bury(PartitionKeys keys, List<Delivery> batch) {
    List<String> letters = new ArrayList<>();
    for (Delivery delivery : superseded.of(batch)) {
      DeadLetter letter = DeadLetter.now(DeadLetter.Reason.SUPERSEDED, delivery.raw());
      letters.add(letter.encode());
      metrics.deadLetter(letter.reason());
    }
    if (!letters.isEmpty()) {
      queue.bury(keys, letters);
      log.error(
          "partition {}: Redis has lost {} jobs that this worker had claimed; they are dead letters",
          keys.partition(),
          letters.size());
    }
  }
}

package dev.tally.worker.position;

import dev.tally.common.epoch.Epochs;
import dev.tally.common.epoch.RecordedPosition;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.search.SearchFault;
import dev.tally.worker.lease.OwnedPartitions;
import dev.tally.worker.periodic.PeriodicTask;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Records the positions of this worker's partitions every few seconds, those that have changed in
 * one request. A partition that is new to this worker, or whose Redis is another run, is compared
 * with its record before that; so a MySQL that was set back is noticed without a write, too.
 */
@Component
@Profile("service")
final class PositionRecorder implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(PositionRecorder.class);

  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private final OwnedPartitions partitions;
  private final Epochs epochs;
  private final PositionIndex index;
  private final PeriodicTask task =
      new PeriodicTask(log, "position-recorder", INTERVAL, this::recordIfPossible);

  /** The run of Redis that each partition was compared in, with its record. */
  private final Map<Integer, String> runs = new HashMap<>();

  private final Map<Integer, RecordedPosition> recorded = new HashMap<>();

  private boolean isAway;

  PositionRecorder(OwnedPartitions partitions, Epochs epochs, PositionIndex index) {
    this.partitions = partitions;
    this.epochs = epochs;
    this.index = index;
  }

  @Override
  public void start() {
    task.start(INTERVAL);
  }

  @Override
  public void stop() {
    if (!task.stop(STOP_PATIENCE)) {
      log.warn("the positions were not recorded in time");
    }
  }

  @Override
  public boolean isRunning() {
    return task.isRunning();
  }

  private Duration recordIfPossible() {
    try {
      record();
    } catch (DataAccessException | TransactionException e) {
      log.debug("positions could not be recorded: {}", LoggedFault.line(e));
    }
    return INTERVAL;
  }

  /** Compares and records once. */
  void record() {
    Set<Integer> owned = partitions.owned();
    runs.keySet().retainAll(owned);
    recorded.keySet().retainAll(owned);
    Map<Integer, RecordedPosition> changed = new HashMap<>();
    for (int partition : owned) {
      Optional<RecordedPosition> position = position(new PartitionKeys(partition));
      if (position.isPresent() && !position.get().equals(recorded.get(partition))) {
        changed.put(partition, position.get());
      }
    }
    if (!changed.isEmpty()) {
      write(changed);
    }
  }

  /** The position of a partition that was compared with its record; else empty. */
  private Optional<RecordedPosition> position(PartitionKeys keys) {
    int partition = keys.partition();
    Optional<RecordedPosition> position = epochs.position(keys);
    if (position.isPresent() && isCompared(partition, position.get())) {
      return position;
    }
    Optional<RecordedPosition> before = read(partition);
    epochs.compare(keys, before.orElse(RecordedPosition.NONE));
    if (before.isEmpty()) {
      return Optional.empty();
    }
    position = epochs.position(keys);
    position.ifPresent(now -> runs.put(partition, now.run()));
    return position;
  }

  private boolean isCompared(int partition, RecordedPosition position) {
    return Objects.equals(runs.get(partition), position.run());
  }

  /** What is recorded of a partition; empty if Elasticsearch does not answer. */
  private Optional<RecordedPosition> read(int partition) {
    try {
      RecordedPosition position = index.read(partition);
      isAway = false;
      return Optional.of(position);
    } catch (DataAccessException e) {
      warn(e);
      return Optional.empty();
    }
  }

  private void write(Map<Integer, RecordedPosition> changed) {
    try {
      index.write(changed);
      recorded.putAll(changed);
      isAway = false;
    } catch (DataAccessException e) {
      warn(e);
    }
  }

  /** Warns once in an outage: nothing waits for Elasticsearch. */
  private void warn(DataAccessException e) {
    if (!isAway) {
      isAway = true;
      log.warn(
          "positions are not recorded in Elasticsearch for now, so Redis and MySQL are compared alone:"
              + " {}",
          SearchFault.line(e));
    }
  }
}

package dev.tally.worker.position;

import dev.tally.common.epoch.Epochs;
import dev.tally.common.epoch.RecordedPosition;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.search.SearchFault;
import dev.tally.worker.position.PositionIndex.Stored;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;

/**
 * The record of this worker's partitions in Elasticsearch: how far Redis and MySQL have come.
 *
 * <p>A partition that is new to this worker, whose Redis is another run, or in which an epoch has
 * begun, is compared with its record before that is replaced.
 *
 * <p>May be used by several threads; one waits for the other.
 */
@Component
public final class PositionRecord {

  private static final Logger log = LoggerFactory.getLogger(PositionRecord.class);

  private final Epochs epochs;
  private final PositionIndex index;

  /** The run of Redis that each partition was compared in, with its record. */
  private final Map<Integer, String> runs = new HashMap<>();

  /** What the record of each of them says. */
  private final Map<Integer, Stored> recorded = new HashMap<>();

  private boolean isAway;

  PositionRecord(Epochs epochs, PositionIndex index) {
    this.epochs = epochs;
    this.index = index;
  }

  /** Elasticsearch does not answer. */
  private static final class RecordAwayException extends DataAccessResourceFailureException {

    private static final long serialVersionUID = 1;

    RecordAwayException(DataAccessException cause) {
      super("the positions of partitions cannot be recorded: " + SearchFault.line(cause), cause);
    }
  }

  /**
   * Compares a partition with its record, whoever owns it.
   *
   * @throws DataAccessException if a server does not answer
   */
  public void compare(PartitionKeys keys) {
    epochs.compareRecord(keys, index.read(keys.partition()).position());
  }

  /** Forgets partitions that are not this worker's any more: others record them. */
  synchronized void retain(Set<Integer> owned) {
    runs.keySet().retainAll(owned);
    recorded.keySet().retainAll(owned);
  }

  /**
   * Records how far partitions have come, in one request.
   *
   * @return those whose record says now at least what MySQL had persisted before this call: not
   *     those whose run or epoch is in question, or that another worker records
   * @throws DataAccessException if a server does not answer. Without Elasticsearch, Redis and MySQL
   *     are compared alone.
   */
  public synchronized Set<Integer> record(Set<Integer> partitions) {
    Set<Integer> upToDate = new HashSet<>();
    Map<Integer, Stored> changed = new HashMap<>();
    RecordAwayException away = null;
    for (int partition : partitions) {
      try {
        Optional<RecordedPosition> position = positionIfCertain(new PartitionKeys(partition));
        if (position.isEmpty()) {
          continue;
        }
        Stored before = Objects.requireNonNull(recorded.get(partition));
        if (position.get().equals(before.position())) {
          upToDate.add(partition);
        } else {
          changed.put(partition, new Stored(position.get(), before.version()));
        }
      } catch (RecordAwayException e) {
        away = e;
      }
    }
    if (away != null) {
      throw away;
    }
    if (!changed.isEmpty()) {
      upToDate.addAll(write(changed));
    }
    return upToDate;
  }

  /** One partition whose Redis was replaced, or whose row is locked for long, holds up no other. */
  private Optional<RecordedPosition> positionIfCertain(PartitionKeys keys) {
    try {
      return position(keys);
    } catch (TransientDataAccessException e) {
      log.debug("partition {} is in question: {}", keys.partition(), LoggedFault.line(e));
      return Optional.empty();
    }
  }

  /** The position of a partition that was compared with its record; else empty. */
  private Optional<RecordedPosition> position(PartitionKeys keys) {
    int partition = keys.partition();
    Optional<RecordedPosition> position = epochs.position(keys);
    if (position.isPresent() && isCompared(partition, position.get())) {
      return position;
    }
    Stored before = read(keys);
    epochs.compareRecord(keys, before.position());
    position = epochs.position(keys);
    position.ifPresent(
        now -> {
          runs.put(partition, now.run());
          recorded.put(partition, before);
        });
    return position;
  }

  /** What was compared before is in question, too, if MySQL has less than the record says. */
  private boolean isCompared(int partition, RecordedPosition position) {
    Stored last = recorded.get(partition);
    return last != null
        && Objects.equals(runs.get(partition), position.run())
        && (last.position().epoch() < position.epoch()
            || last.position().persisted() <= position.persisted());
  }

  private Stored read(PartitionKeys keys) {
    try {
      Stored stored = index.read(keys.partition());
      isAway = false;
      return stored;
    } catch (DataAccessException e) {
      warn(e);
      epochs.compare(keys);
      throw new RecordAwayException(e);
    }
  }

  /** Writes, and returns the partitions that no other worker records. */
  private Set<Integer> write(Map<Integer, Stored> changed) {
    try {
      Map<Integer, PositionIndex.Version> taken = index.write(changed);
      changed.forEach(
          (partition, stored) -> {
            PositionIndex.Version version = taken.get(partition);
            if (version == null) {
              runs.remove(partition);
              recorded.remove(partition);
            } else {
              recorded.put(partition, new Stored(stored.position(), version));
            }
          });
      isAway = false;
      return taken.keySet();
    } catch (DataAccessException e) {
      warn(e);
      throw new RecordAwayException(e);
    }
  }

  /** Warns once in an outage: nobody's write waits for Elasticsearch. */
  private void warn(DataAccessException e) {
    if (!isAway) {
      isAway = true;
      log.warn(
          "positions are not recorded in Elasticsearch for now, so nothing is indexed, and Redis and"
              + " MySQL are compared alone: {}",
          SearchFault.line(e));
    }
  }
}

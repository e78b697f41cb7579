package dev.tally.common.epoch;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.metrics.EnumCounter;
import dev.tally.common.partition.PartitionKeys;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Compares what Redis, MySQL and gateways know of a partition's positions, and raises its epoch if
 * a server went back in time.
 *
 * <p>The row is locked while the two servers are compared: no batch is persisted meanwhile, and so
 * none becomes acknowledged that the row does not have. The row is raised before Redis. After a
 * crash in between, the row's epoch is the higher one, and the next comparison raises both.
 *
 * <p>A run that is checked takes a new {@link Terms term}, so that what is claimed from the run
 * before it is not persisted any more.
 */
public final class Epochs {

  private static final Logger log = LoggerFactory.getLogger(Epochs.class);

  /** Only a batch that is acknowledged at the same moment makes a comparison start again. */
  private static final int TRIES = 5;

  /** A client may wait meanwhile. */
  private static final int MOST_SECONDS = 2;

  private final PartitionStates states;
  private final PartitionRows rows;
  private final Terms terms;
  private final TransactionTemplate transaction;
  private final EnumCounter<Fault> raised;

  /** Comparisons over these connections. */
  public Epochs(
      StringRedisTemplate redis,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      MeterRegistry meters) {
    this(redis, jdbc, transactions, meters, System::nanoTime);
  }

  Epochs(
      StringRedisTemplate redis,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      MeterRegistry meters,
      LongSupplier nanoTime) {
    this.states = new PartitionStates(redis);
    this.rows = new PartitionRows(jdbc);
    this.terms = new Terms(nanoTime);
    this.transaction = new TransactionTemplate(transactions);
    // Two that make the same row would lock its gap, and each would wait for the other one.
    this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    this.transaction.setTimeout(MOST_SECONDS);
    this.raised =
        new EnumCounter<>(
            meters,
            "tally.epochs.raised",
            "Epochs raised because a server lost what it had",
            "fault",
            Fault.class,
            Fault::slug);
  }

  /**
   * The present epoch of a partition.
   *
   * @throws DataAccessException if Redis does not answer
   */
  public PartitionEpoch epoch(PartitionKeys keys) {
    PartitionState state = states.read(keys);
    return new PartitionEpoch(state.run(), state.checkedRun(), state.epoch());
  }

  /**
   * Makes sure that Redis, as it runs now, has lost nothing of a partition, or that its epoch is
   * raised.
   *
   * @param remembered the highest position that the caller was answered in earlier runs, 0 if none
   * @return the name of the run
   * @throws DataAccessException if Redis does not answer, or MySQL does not, or a transaction holds
   *     the partition's row for long, and the caller remembers no position or a higher one than
   *     Redis; or if another run has been checked since this one
   */
  public String check(PartitionKeys keys, long remembered) {
    for (int i = 0; i < TRIES; i++) {
      PartitionState state = states.read(keys);
      if (state.isChecked() && remembered <= state.checkedPosition()) {
        return state.run();
      }
      if (settle(keys, state, remembered)) {
        return state.run();
      }
    }
    throw new TransientDataAccessResourceException(
        "partition %d changes too fast to be checked".formatted(keys.partition()));
  }

  /**
   * Compares a partition as {@link #compare} does, but only if a look at both servers, without a
   * lock, says that something may be missing.
   *
   * @throws DataAccessException if Redis or MySQL does not answer
   */
  public void glance(PartitionKeys keys) {
    PartitionState state = states.read(keys);
    PartitionRow row = rows.read(keys.partition());
    if (state.isReplaced(row)
        || !Fault.between(state, row, 0, RecordedPosition.NONE, row.present()).isEmpty()) {
      compare(keys);
    }
  }

  /**
   * Compares a partition, and raises its epoch if something is missing. The run counts as checked.
   *
   * @throws DataAccessException if Redis or MySQL does not answer, or another run has been checked
   *     since this one: then the caller's connection leads to a Redis that has been replaced
   */
  public void compare(PartitionKeys keys) {
    compare(keys, RecordedPosition.NONE);
  }

  /**
   * Does the same, also with what a worker remembers: Redis and MySQL may both have been restored
   * to states that agree.
   *
   * @throws DataAccessException as {@link #compare(PartitionKeys)}
   */
  public void compare(PartitionKeys keys, RecordedPosition remembered) {
    compareUntilSettled(keys, remembered, /* isRecord= */ false);
  }

  /**
   * Does the same with the partition's record, which is compared with what MySQL had before the
   * epochs that have begun since the last such comparison. Whoever began them may have seen only
   * that Redis was restored.
   *
   * @throws DataAccessException as {@link #compare(PartitionKeys)}
   */
  public void compareRecord(PartitionKeys keys, RecordedPosition record) {
    compareUntilSettled(keys, record, /* isRecord= */ true);
  }

  private void compareUntilSettled(
      PartitionKeys keys, RecordedPosition recorded, boolean isRecord) {
    for (int i = 0; i < TRIES; i++) {
      if (isSettled(keys, compare(keys, recorded.position(), recorded, isRecord))) {
        return;
      }
    }
  }

  /**
   * A partition's positions, to be recorded; empty while its run or its epoch is in question, and
   * before {@link #compareRecord} has seen each epoch: a new record takes the place of the old one.
   */
  public Optional<RecordedPosition> position(PartitionKeys keys) {
    PartitionState state = states.read(keys);
    // After Redis: the row of a batch is committed before Redis counts the batch as done.
    PartitionRow row = rows.read(keys.partition());
    return state.isCertain(row)
        ? Optional.of(
            new RecordedPosition(state.run(), row.epoch(), state.position(), row.persisted()))
        : Optional.empty();
  }

  private boolean settle(PartitionKeys keys, PartitionState state, long remembered) {
    Optional<Comparison> comparison;
    try {
      comparison = compare(keys, remembered, RecordedPosition.NONE, /* isRecord= */ false);
    } catch (UncheckedRunException e) {
      throw e;
    } catch (DataAccessException e) {
      if (remembered == 0 || state.position() < remembered) {
        throw e;
      }
      log.warn(
          "partition {}: Redis has all that this service remembers; MySQL could not be asked: {}",
          keys.partition(),
          LoggedFault.line(e));
      return states.check(keys, state, 0);
    }
    return isSettled(keys, comparison);
  }

  private boolean isSettled(PartitionKeys keys, Optional<Comparison> comparison) {
    return comparison.isPresent()
        && (comparison.get().faults().isEmpty() || raise(keys, comparison.get()));
  }

  /**
   * Compares, and records that the run is checked if nothing is missing.
   *
   * @return empty if Redis has become another run meanwhile; nothing has happened
   */
  private Optional<Comparison> compare(
      PartitionKeys keys, long remembered, RecordedPosition recorded, boolean isRecord) {
    try {
      return transaction.execute(
          status -> {
            Comparison comparison = compareLocked(keys, remembered, recorded, isRecord);
            if (isRecorded(keys, comparison)) {
              return Optional.of(comparison);
            }
            status.setRollbackOnly();
            return Optional.empty();
          });
    } catch (TransactionException e) {
      throw new TransientDataAccessResourceException(
          "partition %d cannot be compared now".formatted(keys.partition()), e);
    }
  }

  /**
   * A new term is in Redis before the row's is committed: a row whose term is above that of a
   * checked run says that the run was replaced.
   */
  private boolean isRecorded(PartitionKeys keys, Comparison comparison) {
    if (!comparison.isNew() || !comparison.faults().isEmpty()) {
      return true;
    }
    try {
      return states.check(keys, comparison.state(), comparison.term());
    } catch (DataAccessException e) {
      throw new UncheckedRunException(
          "partition %d: Redis does not answer".formatted(keys.partition()), e);
    }
  }

  private Comparison compareLocked(
      PartitionKeys keys, long remembered, RecordedPosition recorded, boolean isRecord) {
    int partition = keys.partition();
    PartitionRow row = rows.lock(partition);
    PartitionState state = states.read(keys);
    boolean isNew = terms.isDue(partition, state, row);
    PartitionRow.End mysql = isRecord ? row.recordable(state, recorded) : row.present();
    Set<Fault> faults = Fault.between(state, row, remembered, recorded, mysql);
    long term = Math.max(row.term(), state.term()) + (isNew ? 1 : 0);
    long epoch = Math.max(Math.max(row.epoch(), state.epoch()), recorded.epoch());
    long seen =
        Math.max(Math.max(state.position(), remembered), Math.max(row.persisted(), row.seen()));
    if (!faults.isEmpty()) {
      epoch++;
      // What Redis will count as done must not look like rows that MySQL has lost.
      long done = seen - state.claimed() - state.waiting();
      rows.endEpoch(partition);
      rows.advance(partition, new PartitionRow(term, epoch, done, seen));
      if (faults.contains(Fault.MYSQL_SET_BACK)) {
        rows.fillIsDue(partition, epoch);
      }
    } else if (isNew) {
      rows.advance(partition, new PartitionRow(term, row.epoch(), row.persisted(), row.seen()));
    }
    if (isRecord) {
      rows.compared(partition);
    }
    // The position of a run that was checked before has grown since.
    long checked = state.isChecked() ? Math.max(state.checkedPosition(), remembered) : seen;
    return new Comparison(state, faults, isNew, term, epoch, seen, checked);
  }

  private boolean raise(PartitionKeys keys, Comparison comparison) {
    if (!states.raise(
        keys,
        comparison.state(),
        comparison.epoch(),
        comparison.seen(),
        comparison.term(),
        comparison.checked())) {
      return false;
    }
    comparison.faults().forEach(raised::increment);
    log.error(
        "partition {}: {}; Redis had accepted {} jobs and {} had been seen; epoch {} begins, and"
            + " counters are recovered from the jobs in Redis and the rows in MySQL",
        keys.partition(),
        comparison.faults().stream().map(Fault::text).collect(Collectors.joining(", and ")),
        comparison.state().position(),
        comparison.seen(),
        comparison.epoch());
    return true;
  }
}

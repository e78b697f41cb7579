package dev.tally.common.epoch;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
 */
public final class Epochs {

  private static final Logger log = LoggerFactory.getLogger(Epochs.class);

  /** Only a batch that is acknowledged at the same moment makes a comparison start again. */
  private static final int TRIES = 5;

  /** A client may wait meanwhile. */
  private static final int MOST_SECONDS = 2;

  private final PartitionStates states;
  private final PartitionRows rows;
  private final TransactionTemplate transaction;
  private final Map<Fault, Counter> raised = new EnumMap<>(Fault.class);

  /** Comparisons over these connections. */
  public Epochs(
      StringRedisTemplate redis,
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      MeterRegistry meters) {
    this.states = new PartitionStates(redis);
    this.rows = new PartitionRows(jdbc);
    this.transaction = new TransactionTemplate(transactions);
    // Two that make the same row would lock its gap, and each would wait for the other one.
    this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    this.transaction.setTimeout(MOST_SECONDS);
    for (Fault fault : Fault.values()) {
      raised.put(
          fault,
          Counter.builder("tally.epochs.raised")
              .description("Epochs raised because a server lost what it had")
              .tag("fault", fault.slug)
              .register(meters));
    }
  }

  /** Why an epoch is raised. */
  private enum Fault {
    REDIS_LOST_WRITES("redis-lost-writes", "Redis lost its latest writes"),
    MYSQL_SET_BACK("mysql-set-back", "MySQL was set back"),
    INTERRUPTED("interrupted", "a new epoch was begun and not recorded in Redis");

    private final String slug;
    private final String text;

    Fault(String slug, String text) {
      this.slug = slug;
      this.text = text;
    }
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
   *     Redis
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
    if (!faults(state, row, 0, RecordedPosition.NONE).isEmpty()) {
      compare(keys);
    }
  }

  /**
   * Compares a partition whose run is checked, and raises its epoch if something is missing.
   *
   * @throws DataAccessException if Redis or MySQL does not answer
   */
  public void compare(PartitionKeys keys) {
    compare(keys, RecordedPosition.NONE);
  }

  /**
   * Does the same, also with what was recorded elsewhere: Redis and MySQL may both have been
   * restored to states that agree.
   *
   * @throws DataAccessException if Redis or MySQL does not answer
   */
  public void compare(PartitionKeys keys, RecordedPosition recorded) {
    for (int i = 0; i < TRIES; i++) {
      Comparison comparison = compare(keys, recorded.position(), recorded);
      if (comparison.faults().isEmpty() || raise(keys, comparison)) {
        return;
      }
    }
  }

  /** A partition's positions, to be recorded; empty while its run or its epoch is in question. */
  public Optional<RecordedPosition> position(PartitionKeys keys) {
    PartitionRow row = rows.read(keys.partition());
    PartitionState state = states.read(keys);
    return state.isChecked() && state.epoch() == row.epoch()
        ? Optional.of(
            new RecordedPosition(state.run(), row.epoch(), state.position(), row.persisted()))
        : Optional.empty();
  }

  private boolean settle(PartitionKeys keys, PartitionState state, long remembered) {
    Comparison comparison;
    try {
      comparison = compare(keys, remembered, RecordedPosition.NONE);
    } catch (DataAccessException e) {
      if (remembered == 0 || state.position() < remembered) {
        throw e;
      }
      log.warn(
          "partition {}: Redis has all that this service remembers; MySQL could not be asked: {}",
          keys.partition(),
          LoggedFault.line(e));
      return states.check(keys, state);
    }
    return comparison.faults().isEmpty()
        ? states.check(keys, comparison.state())
        : raise(keys, comparison);
  }

  /**
   * What was compared.
   *
   * @param faults empty if nothing is missing
   * @param epoch the new one, recorded in MySQL, if something is missing
   * @param seen the highest position that anybody has seen
   */
  private record Comparison(PartitionState state, Set<Fault> faults, long epoch, long seen) {}

  private Comparison compare(PartitionKeys keys, long remembered, RecordedPosition recorded) {
    try {
      return Objects.requireNonNull(
          transaction.execute(_ -> compareLocked(keys, remembered, recorded)));
    } catch (TransactionException e) {
      throw new TransientDataAccessResourceException(
          "partition %d cannot be compared now".formatted(keys.partition()), e);
    }
  }

  private Comparison compareLocked(PartitionKeys keys, long remembered, RecordedPosition recorded) {
    int partition = keys.partition();
    PartitionRow row = rows.lock(partition);
    PartitionState state = states.read(keys);
    Set<Fault> faults = faults(state, row, remembered, recorded);
    long epoch = Math.max(Math.max(row.epoch(), state.epoch()), recorded.epoch());
    long seen =
        Math.max(Math.max(state.position(), remembered), Math.max(row.persisted(), row.seen()));
    if (!faults.isEmpty()) {
      epoch++;
      // What Redis will count as done must not look like rows that MySQL has lost.
      long done = seen - state.claimed() - state.waiting();
      rows.advance(partition, new PartitionRow(epoch, done, seen));
      if (faults.contains(Fault.MYSQL_SET_BACK)) {
        rows.fillIsDue(partition, epoch);
      }
    }
    return new Comparison(state, faults, epoch, seen);
  }

  /** Both servers may have been set back, each to a moment of its own. */
  private static Set<Fault> faults(
      PartitionState state, PartitionRow row, long remembered, RecordedPosition recorded) {
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    // A record of this run says nothing of the position at which the run was checked.
    boolean isOfEarlierRun = !recorded.run().equals(state.run());
    if (state.position() < Math.max(remembered, Math.max(row.persisted(), row.seen()))
        || (state.isChecked() && isOfEarlierRun && remembered > state.checkedPosition())) {
      faults.add(Fault.REDIS_LOST_WRITES);
    }
    if (row.persisted() < state.acknowledged()
        || row.epoch() < state.epoch()
        || recorded.isAheadOf(row)) {
      faults.add(Fault.MYSQL_SET_BACK);
    }
    if (faults.isEmpty() && row.epoch() > state.epoch()) {
      faults.add(Fault.INTERRUPTED);
    }
    return faults;
  }

  private boolean raise(PartitionKeys keys, Comparison comparison) {
    if (!states.raise(keys, comparison.state(), comparison.epoch(), comparison.seen())) {
      return false;
    }
    comparison.faults().forEach(fault -> Objects.requireNonNull(raised.get(fault)).increment());
    log.error(
        "partition {}: {}; Redis had accepted {} jobs and {} had been seen; epoch {} begins, and"
            + " counters are recovered from the jobs in Redis and the rows in MySQL",
        keys.partition(),
        comparison.faults().stream().map(fault -> fault.text).collect(Collectors.joining(", and ")),
        comparison.state().position(),
        comparison.seen(),
        comparison.epoch());
    return true;
  }
}

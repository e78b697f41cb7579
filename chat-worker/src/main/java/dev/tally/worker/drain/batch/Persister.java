package dev.tally.worker.drain.batch;

import dev.tally.common.epoch.PartitionRow;
import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.queue.JobCodec;
import dev.tally.worker.drain.batch.RowReads.LockedChat;
import dev.tally.worker.drain.change.ChangeRows;
import dev.tally.worker.drain.erasure.ErasureRows;
import dev.tally.worker.drain.gap.SkippedNumbers;
import dev.tally.worker.drain.sql.Batches;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.numbers.MissingNumbers;
import dev.tally.worker.outbox.SearchOutbox;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Persists a batch in one transaction: lock, plan, write, confirm.
 *
 * <p>A batch may have been persisted before, in whole or in part, and another worker may still be
 * at it. The locks make the two transactions run one after the other, and the later one finds the
 * rows of the earlier one.
 */
public final class Persister {

  /**
   * MySQL's errors that are about a value, not about the server or the schema: out of range,
   * truncated, incorrect time, incorrect string, too long.
   */
  private static final Set<Integer> VALUE_ERRORS = Set.of(1264, 1265, 1292, 1366, 1406);

  /**
   * The errors of MySQL and MariaDB that are about time: a lock was not free in time, a statement
   * was ended by {@code KILL QUERY}, or by a limit of the server.
   */
  private static final Set<Integer> TIMEOUT_ERRORS = Set.of(1205, 1317, 1969, 3024);

  private final TransactionTemplate transaction;
  private final Duration timeout;
  private final PartitionRows partitions;
  private final RowReads reads;
  private final RowWrites writes;
  private final ChangeRows changeRows;
  private final ErasureRows erasures;
  private final SkippedNumbers skippedNumbers;
  private final SearchOutbox outbox;

  /**
   * @param timeout how long a transaction may take before it is rolled back. Spring gives each
   *     statement the rest of this time as its query timeout, and at its end the driver sends a
   *     {@code KILL QUERY} over another connection.
   */
  public Persister(
      PlatformTransactionManager transactions,
      JdbcClient jdbc,
      JdbcTemplate batches,
      JobCodec codec,
      SearchOutbox outbox,
      Duration timeout) {
    this.transaction = new TransactionTemplate(transactions);
    // Row locks keep the transactions apart. Gap locks would only block other writers.
    this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    this.transaction.setTimeout((int) timeout.toSeconds());
    this.timeout = timeout;
    this.partitions = new PartitionRows(jdbc);
    this.reads = new RowReads(jdbc);
    Batches rows = new Batches(batches);
    this.writes = new RowWrites(jdbc, rows);
    this.changeRows = new ChangeRows(jdbc, rows, codec);
    this.erasures = new ErasureRows(rows);
    this.skippedNumbers = new SkippedNumbers(jdbc);
    this.outbox = outbox;
  }

  /** MySQL does not take a value of a job, however often it is tried. */
  public static final class InvalidValueException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidValueException(Throwable cause) {
      super(cause);
    }
  }

  /** A transaction took too long: MySQL is slow, or another transaction holds a row's lock. */
  public static final class TimedOutException extends TransientDataAccessException {
    private static final long serialVersionUID = 1;

    TimedOutException(Throwable cause) {
      super("the transaction timed out", cause);
    }
  }

  /**
   * Redis and MySQL do not agree on what has happened in the partition: one of them went back in
   * time, or another epoch has begun since the claim, or that Redis has been replaced.
   */
  public static final class DisagreementException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DisagreementException(int partition) {
      super("partition %d: Redis and MySQL do not agree".formatted(partition));
    }
  }

  /**
   * Persists jobs of one partition, in order.
   *
   * @param place where the jobs' batch is among the partition's
   * @param done how many jobs of the batch are settled once these are
   * @param lease confirmed right before the commit
   * @throws DisagreementException if MySQL knows of another epoch, of less than Redis has
   *     acknowledged, or of more than Redis had accepted, or has lost numbers that are not filled
   *     yet, or if Redis is another run than the one that the jobs are from, or another run has
   *     been checked since they were claimed; nothing is committed
   * @throws InvalidValueException if MySQL does not take a value of one of the jobs; nothing is
   *     committed
   * @throws dev.tally.worker.lease.LeaseLostException if another worker owns the partition; nothing
   *     is committed
   * @throws TimedOutException if it takes too long; nothing is committed
   * @throws DataAccessException if MySQL or Redis fails. Nothing is committed, unless the
   *     connection broke during the commit itself.
   */
  public Persisted persist(List<Delivery> deliveries, Place place, int done, Lease lease) {
    try {
      return persist(deliveries, place, done, lease, true);
    } catch (DuplicateKeyException e) {
      // The numbers of some parent have a gap, so its count is not the highest number.
      return persist(deliveries, place, done, lease, false);
    }
  }

  private Persisted persist(
      List<Delivery> deliveries, Place place, int done, Lease lease, boolean trustCounts) {
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    try {
      return transaction.execute(
          _ -> {
            long begin = System.nanoTime();
            try {
              return lockPlanAndWrite(deliveries, place, done, lease, trustCounts);
            } catch (DataAccessException | TransactionTimedOutException e) {
              RuntimeException translated = translated(e, System.nanoTime() - begin);
              failure.set(translated);
              throw translated;
            }
          });
    } catch (DataAccessException | TransactionException e) {
      // A connection that did not answer fails to roll back, too, and Spring throws that failure.
      RuntimeException first = failure.get();
      throw first == null ? e : first;
    }
  }

  private Persisted lockPlanAndWrite(
      List<Delivery> deliveries, Place place, int done, Lease lease, boolean trustCounts) {
    int partition = lease.keys().partition();
    PartitionRow row = partitions.lock(partition);
    // A run of Redis that was replaced may not know that yet, so only the row can say it.
    if (row.term() > place.term()
        || row.epoch() != place.epoch()
        || row.persisted() < place.acknowledged()
        || row.seen() > place.position()
        || row.fillDue() != 0) {
      throw new DisagreementException(partition);
    }
    BatchPlan plan = plan(deliveries, partition, trustCounts);
    MissingNumbers skipped = skippedNumbers.of(plan.jumps());
    write(plan);
    partitions.advance(
        partition,
        new PartitionRow(
            place.term(), place.epoch(), place.acknowledged() + done, place.position()));
    if (!lease.confirmIn(place.run())) {
      // Redis may have lost the jobs since, and may give out their numbers again.
      throw new DisagreementException(partition);
    }
    return Persisted.of(plan, skipped);
  }

  /**
   * Those of the deliveries whose rows do not exist with their contents, without those of deleted
   * apps and chats. What has no number is persisted instead: nothing else can have taken its place.
   *
   * @throws DataAccessException if MySQL does not answer
   */
  public List<Delivery> unpersisted(List<Delivery> deliveries) {
    return transaction.execute(
        _ -> {
          BatchJobs jobs =
              BatchJobs.of(deliveries, reads.lockApps(BatchJobs.tokens(deliveries)), false);
          Map<ChatKey, LockedChat> locked = reads.lockChats(jobs.chatsToLock());
          Map<Object, Row<?>> persisted = new HashMap<>(reads.chats(jobs.chatsToFind()));
          persisted.putAll(reads.messages(jobs.messagesToFind(Map.of())));
          persisted.putAll(changes(jobs, Map.of()));
          erasures.request(jobs.erasures());
          return jobs.without(persisted, locked);
        });
  }

  private BatchPlan plan(List<Delivery> deliveries, int partition, boolean trustCounts) {
    BatchJobs jobs =
        BatchJobs.of(deliveries, reads.lockApps(BatchJobs.tokens(deliveries)), trustCounts);
    Map<ChatKey, LockedChat> locked = reads.lockChats(jobs.chatsToLock());
    Map<ChatKey, Row.Chat> chats = reads.chats(jobs.chatsToFind());
    Map<MessageKey, Row.Message> messages = reads.messages(jobs.messagesToFind(locked));
    return BatchPlan.of(
        jobs,
        new BatchPlan.Existing(
            chats,
            locked,
            messages,
            changes(jobs, locked),
            changeRows.pending(jobs.messagesToSettle(locked))),
        partition);
  }

  private Map<ChangeRows.Key, Row.Change> changes(BatchJobs jobs, Map<ChatKey, LockedChat> locked) {
    Map<ChangeRows.Key, Row.Change> rows = new HashMap<>();
    changeRows
        .fingerprints(jobs.changesToFind(locked))
        .forEach((key, fingerprint) -> rows.put(key, new Row.Change(key, fingerprint)));
    return rows;
  }

  private void write(BatchPlan plan) {
    writes.insertChats(plan.chats());
    writes.addChats(plan.addedChats());
    writes.insertMessages(plan.messages());
    writes.addMessages(plan.addedMessages());
    changeRows.write(plan.changes(), plan.created());
    erasures.request(plan.erasures());
    erasures.requestHistories(plan.changes().deleted());
    if (!plan.ranges().isEmpty()) {
      outbox.append(plan.ranges());
    }
  }

  private RuntimeException translated(RuntimeException e, long nanos) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && VALUE_ERRORS.contains(sql.getErrorCode())) {
        return new InvalidValueException(e);
      }
      if (isTimeout(cause)) {
        return new TimedOutException(e);
      }
    }
    // Of a batch that was not answered in time, the driver only says that the statement is closed.
    return nanos >= timeout.toNanos() ? new TimedOutException(e) : e;
  }

  private static boolean isTimeout(Throwable cause) {
    return switch (cause) {
      case TransactionTimedOutException _, SQLTimeoutException _, SocketTimeoutException _ -> true;
      case SQLException sql -> TIMEOUT_ERRORS.contains(sql.getErrorCode());
      default -> false;
    };
  }
}

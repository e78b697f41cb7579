package dev.tally.worker.index.lifecycle;

import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.log.LoggedFault;
import dev.tally.worker.index.BulkAnswer;
import dev.tally.worker.index.DocumentWriter;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.Messages;
import dev.tally.worker.index.SearchCluster;
import dev.tally.worker.retry.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Builds a new search index from MySQL beside the old one, while writes and searches go on, and
 * swaps them.
 *
 * <p>Meanwhile the indexer sends new and changed messages to the new index, too, so none is missed:
 * see the overview of {@code dev.tally.worker.indexer}. The scan reads what messages said when it
 * began. The index keeps the later revisions that it has by then.
 *
 * <p>What made a new index due when a run began is not due any more when the run has swapped the
 * indexes: both happen in one transaction.
 */
@Component
public class Reindex {

  private static final String TOTAL =
      """
      SELECT COALESCE(SUM(messages_count), 0) FROM chats""";

  private static final String KEEP_ALIVE =
      """
      SELECT 1""";

  private static final Logger log = LoggerFactory.getLogger(Reindex.class);
  private static final int PAGE = 1_000;

  /** How often a run that waits shows itself: to MySQL, which ends idle connections, and others. */
  private static final Duration PAUSE_PIECE = Duration.ofSeconds(1);

  private final SearchIndexes indexes;
  private final SearchCluster cluster;
  private final DocumentWriter writer;
  private final Messages messages;
  private final DatabaseLock lock;
  private final IndexKeeper keeper;
  private final JdbcClient jdbc;
  private final PartitionRows partitions;
  private final TransactionTemplate transaction;
  private final TransactionTemplate snapshot;

  Reindex(
      SearchIndexes indexes,
      SearchCluster cluster,
      DocumentWriter writer,
      Messages messages,
      DatabaseLock lock,
      IndexKeeper keeper,
      JdbcClient jdbc,
      PlatformTransactionManager transactions) {
    this.indexes = indexes;
    this.cluster = cluster;
    this.writer = writer;
    this.messages = messages;
    this.lock = lock;
    this.keeper = keeper;
    this.jdbc = jdbc;
    this.partitions = new PartitionRows(jdbc);
    this.transaction = new TransactionTemplate(transactions);
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setReadOnly(true);
  }

  /** Receives the progress of a run. */
  @FunctionalInterface
  public interface Progress {

    /**
     * Called after each page of messages, and each second while Elasticsearch does not answer. Ends
     * the run if it throws.
     *
     * @param done messages indexed
     * @param total messages there were at the start
     */
    void at(long done, long total);
  }

  /**
   * Builds the index.
   *
   * @return the number of messages that the scan has indexed
   * @throws IllegalStateException if another reindex runs, or the new index is lost or refuses
   *     documents. The old index goes on answering searches.
   */
  public long run(Progress progress) {
    // A worker that starts holds the lock, too, while it removes unused indexes.
    return runIf(() -> true, IndexKeeper.LOCK_PATIENCE, progress)
        .orElseThrow(() -> new IllegalStateException("another reindex is running"));
  }

  /**
   * Builds the index if that is still due when no other run can begin any more.
   *
   * @param patience the longest wait for another run
   * @return the number of messages that the scan has indexed; empty if none was due, or another
   *     reindex runs
   * @throws IllegalStateException as {@link #run} does
   */
  OptionalLong runIf(BooleanSupplier isDue, Duration patience, Progress progress) {
    // Removes the indexes that earlier runs may have left.
    keeper.check();
    Optional<DatabaseLock.Held> held = lock.acquire(IndexKeeper.REINDEX_LOCK, patience);
    if (held.isEmpty()) {
      return OptionalLong.empty();
    }
    try (DatabaseLock.Held reindexLock = held.get()) {
      return isDue.getAsBoolean()
          ? OptionalLong.of(new Run(reindexLock, progress).build())
          : OptionalLong.empty();
    }
  }

  /** One run, under the lock. */
  private final class Run {

    private final DatabaseLock.Held reindexLock;
    private final Progress progress;
    private final String name = SearchCluster.newName();
    private final Retry retry = new Retry(log, "reindex", patience(), this::pause, () -> {});
    private long done;
    private long total;

    Run(DatabaseLock.Held reindexLock, Progress progress) {
      this.reindexLock = reindexLock;
      this.progress = progress;
    }

    long build() {
      // Before the snapshot: an index that becomes due later may be due to what this one has.
      Map<Integer, Long> due = partitions.indexDue();
      cluster.create(name);
      String indexUuid =
          cluster
              .indexUuid(name)
              .orElseThrow(() -> new IllegalStateException("the new index is gone: " + name));
      boolean swapped = false;
      try {
        // From this commit on, the indexer also sends messages to this index. The scan comes after
        // it.
        DocumentWriter.Target target = indexes.add(name, SearchIndexes.Role.BUILDING).target();
        // In a snapshot: otherwise the scan would run after chats that grow while it reads them.
        snapshot.executeWithoutResult(_ -> scan(target));
        cluster.refresh(name);
        if (!cluster.indexUuid(name).equals(Optional.of(indexUuid))) {
          throw lost();
        }
        reindexLock.confirm();
        swap(indexUuid, due);
        swapped = true;
        return done;
      } finally {
        if (!swapped) {
          abandon(name);
        }
      }
    }

    private void scan(DocumentWriter.Target target) {
      total = jdbc.sql(TOTAL).query(Long.class).single();
      progress.at(done, total);
      MessageKey key = Messages.START;
      while (true) {
        List<Message> page = messages.after(key, PAGE);
        if (page.isEmpty()) {
          return;
        }
        retry.run(() -> index(target, page));
        reindexLock.confirm();
        key = page.getLast().key();
        done += page.size();
        progress.at(done, total);
      }
    }

    private void index(DocumentWriter.Target target, List<Message> page) {
      BulkAnswer answer = writer.write(target, page);
      if (answer.indexMissing()) {
        throw lost();
      }
      if (!answer.refused().isEmpty()) {
        throw new IllegalStateException(
            "the new index refuses %d documents: %s"
                .formatted(answer.refused().size(), answer.reason()));
      }
      if (!answer.failed().isEmpty()) {
        throw new TransientDataAccessResourceException(
            "the new index does not take %d documents: %s"
                .formatted(answer.failed().size(), answer.reason()));
      }
    }

    private IllegalStateException lost() {
      return new IllegalStateException("the new index was lost while it was built: " + name);
    }

    private void pause(Duration time) {
      long end = System.nanoTime() + time.toNanos();
      for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
        sleep(Duration.ofNanos(Math.min(PAUSE_PIECE.toNanos(), left)));
        // The connection of the snapshot.
        jdbc.sql(KEEP_ALIVE).query(Long.class).single();
        reindexLock.confirm();
        progress.at(done, total);
      }
    }

    /**
     * Registers the new index as the live one, sends searches to it, then deletes the old one. If a
     * process dies in between, {@link IndexKeeper} completes the change to the new index, and
     * removes the old one.
     */
    private void swap(String indexUuid, Map<Integer, Long> due) {
      List<SearchIndexes.Entry> old = indexes.live().stream().toList();
      transaction.executeWithoutResult(
          _ -> {
            old.forEach(entry -> indexes.remove(entry.name()));
            indexes.setLive(name);
            indexes.setIndexUuid(name, indexUuid);
            partitions.indexBuilt(due);
          });
      cluster.search(name);
      old.forEach(entry -> cluster.delete(entry.name()));
    }
  }

  /**
   * Waits up to two minutes for an Elasticsearch that is overloaded or away, because a run may have
   * taken hours to get there.
   */
  private static ExponentialBackOff patience() {
    ExponentialBackOff backOff = new ExponentialBackOff(500, 2);
    backOff.setMaxInterval(10_000);
    backOff.setMaxElapsedTime(120_000);
    return backOff;
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Removes the new index. If that fails, a worker's next check or start removes it. */
  private void abandon(String name) {
    try {
      indexes.remove(name);
      cluster.delete(name);
    } catch (RuntimeException e) {
      log.warn("index {} could not be removed: {}", name, LoggedFault.line(e));
    }
  }
}

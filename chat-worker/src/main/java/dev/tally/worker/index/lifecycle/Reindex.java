package dev.tally.worker.index.lifecycle;

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
import java.util.Optional;
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
 * <p>Meanwhile the indexer sends new messages to the new index, too, so none is missed: see the
 * overview of {@code dev.tally.worker.indexer}.
 */
@Component
public class Reindex {

  private static final String TOTAL =
      """
      SELECT COALESCE(SUM(messages_count), 0) FROM chats""";

  private static final Logger log = LoggerFactory.getLogger(Reindex.class);
  private static final int PAGE = 1_000;

  private final SearchIndexes indexes;
  private final SearchCluster cluster;
  private final DocumentWriter writer;
  private final Messages messages;
  private final DatabaseLock lock;
  private final IndexKeeper keeper;
  private final JdbcClient jdbc;
  private final Retry retry = new Retry(log, "reindex", patience(), Reindex::sleep, () -> {});
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
    this.transaction = new TransactionTemplate(transactions);
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setReadOnly(true);
  }

  /** Receives the progress of a run. */
  @FunctionalInterface
  public interface Progress {

    /**
     * Called after each page of messages.
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
    // Removes the indexes that earlier runs may have left.
    keeper.check();
    // A worker that starts holds the lock, too, while it removes unused indexes.
    Optional<DatabaseLock.Held> held =
        lock.acquire(IndexKeeper.REINDEX_LOCK, IndexKeeper.LOCK_PATIENCE);
    if (held.isEmpty()) {
      throw new IllegalStateException("another reindex is running");
    }
    try (DatabaseLock.Held _ = held.get()) {
      return build(progress);
    }
  }

  private long build(Progress progress) {
    String name = SearchCluster.newName();
    cluster.create(name);
    String indexUuid =
        cluster
            .indexUuid(name)
            .orElseThrow(() -> new IllegalStateException("the new index is gone: " + name));
    boolean swapped = false;
    try {
      // From this commit on, the indexer also sends messages to this index. The scan comes after
      // it.
      indexes.add(name, SearchIndexes.Role.BUILDING);
      // In a snapshot: otherwise the scan would run after chats that grow while it reads them.
      long done = snapshot.execute(_ -> scan(name, progress));
      cluster.refresh(name);
      if (!cluster.indexUuid(name).equals(Optional.of(indexUuid))) {
        throw lost(name);
      }
      swap(name, indexUuid);
      swapped = true;
      return done;
    } finally {
      if (!swapped) {
        abandon(name);
      }
    }
  }

  private long scan(String name, Progress progress) {
    long total = jdbc.sql(TOTAL).query(Long.class).single();
    long done = 0;
    progress.at(done, total);
    MessageKey key = Messages.START;
    while (true) {
      List<Message> page = messages.after(key, PAGE);
      if (page.isEmpty()) {
        return done;
      }
      index(name, page);
      key = page.getLast().key();
      done += page.size();
      progress.at(done, total);
    }
  }

  /** Indexes a page, however often that takes. */
  private void index(String name, List<Message> page) {
    retry.run(
        () -> {
          BulkAnswer answer = writer.write(name, page);
          if (answer.indexMissing()) {
            throw lost(name);
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
        });
  }

  private static IllegalStateException lost(String name) {
    return new IllegalStateException("the new index was lost while it was built: " + name);
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

  /**
   * Registers the new index as the live one, sends searches to it, then deletes the old one. If a
   * process dies in between, {@link IndexKeeper} completes the change to the new index, and removes
   * the old one.
   */
  private void swap(String name, String indexUuid) {
    List<SearchIndexes.Entry> old = indexes.live().stream().toList();
    transaction.executeWithoutResult(
        _ -> {
          old.forEach(entry -> indexes.remove(entry.name()));
          indexes.setLive(name);
          indexes.setIndexUuid(name, indexUuid);
        });
    cluster.search(name);
    old.forEach(entry -> cluster.delete(entry.name()));
  }
}

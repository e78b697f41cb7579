package dev.tally.worker.indexer;

import dev.tally.common.identity.MessageKey;
import dev.tally.worker.index.BulkAnswer;
import dev.tally.worker.index.DocumentWriter;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.Messages;
import dev.tally.worker.index.ReadTime;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import dev.tally.worker.lease.OwnedPartitions;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.tracing.WriteSpans;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One round of indexing: reads due rows of the outbox with their messages, sends the messages to
 * every registered index, and settles the rows.
 *
 * <p>Rows and registered indexes are read in one snapshot. A reindex relies on that: it registers
 * its index first and scans MySQL afterwards. A message whose row was read before the registration
 * was also committed before the registration, so the scan finds the message. Every other row is
 * read together with the registration, so the round sends its messages to the new index.
 *
 * <p>Two workers may work on the same rows for a moment. That does no harm: an index keeps the
 * later revision of a message, and only one of the workers settles a row.
 */
@Component
@Profile("service")
final class IndexRound {

  private static final Logger log = LoggerFactory.getLogger(IndexRound.class);

  private static final int MAX_ROWS = 1_000;
  private static final int MAX_MESSAGES = 2_000;

  private final SearchOutbox outbox;
  private final Messages messages;
  private final SearchIndexes indexes;
  private final DocumentWriter writer;
  private final OwnedPartitions partitions;
  private final IndexMetrics metrics;
  private final WriteSpans spans;
  private final TransactionTemplate snapshot;

  IndexRound(
      SearchOutbox outbox,
      Messages messages,
      SearchIndexes indexes,
      DocumentWriter writer,
      OwnedPartitions partitions,
      IndexMetrics metrics,
      WriteSpans spans,
      PlatformTransactionManager transactions) {
    this.outbox = outbox;
    this.messages = messages;
    this.indexes = indexes;
    this.writer = writer;
    this.partitions = partitions;
    this.metrics = metrics;
    this.spans = spans;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setReadOnly(true);
  }

  /** What a round did. */
  enum Result {
    /** No row is due any more. */
    IDLE,
    /** The round took as much as it may, so more rows may be due. */
    MORE,
    /** The live index does not exist. No row is settled. */
    INDEX_MISSING,
    /** Each index has documents of another version, until a new one is begun. No row is settled. */
    INDEX_OUTDATED,
    /**
     * A later version of Tally has begun an index, which takes none of this worker's documents. No
     * row is settled: the later version's workers index them.
     */
    WORKER_OUTDATED
  }

  /**
   * Runs a round.
   *
   * @throws org.springframework.dao.DataAccessException if MySQL or Elasticsearch fails, or an
   *     index takes nothing for now. No row is settled, unless the connection to MySQL broke during
   *     the commit itself.
   */
  Result run() {
    Set<Integer> owned = partitions.owned();
    ReadTime readAt = ReadTime.now();
    Work work = snapshot.execute(_ -> read(owned));
    if (work.portions().isEmpty()) {
      return Result.IDLE;
    }
    if (work.targets().stream().noneMatch(IndexRound::isLive)) {
      return Result.INDEX_MISSING;
    }
    if (work.targets().stream().anyMatch(SearchIndexes.Entry::isNewer)) {
      return Result.WORKER_OUTDATED;
    }
    // An index that takes no document of this version is soon replaced.
    List<SearchIndexes.Entry> targets =
        work.targets().stream().filter(SearchIndexes.Entry::takesOurDocuments).toList();
    if (targets.isEmpty()) {
      return Result.INDEX_OUTDATED;
    }
    Set<MessageKey> notTaken = new HashSet<>();
    for (SearchIndexes.Entry target : targets) {
      BulkAnswer answer = send(target, work.messages(), readAt);
      if (answer.indexMissing() && isLive(target)) {
        return Result.INDEX_MISSING;
      }
      if (answer.tookNothingNow()) {
        throw new TransientDataAccessResourceException(
            "index %s takes nothing: %s".formatted(target.name(), answer.reason()));
      }
      // A reindex itself notices that its index is missing.
      notTaken.addAll(answer.notTaken());
    }
    outbox.settle(work.portions().stream().map(portion -> portion.settle(notTaken)).toList());
    metrics.indexed(work.messages(), notTaken.size());
    return work.isFull() ? Result.MORE : Result.IDLE;
  }

  /** The work that one snapshot of MySQL shows. */
  private record Work(
      List<Portion> portions,
      boolean isFull,
      List<Message> messages,
      List<SearchIndexes.Entry> targets) {}

  private Work read(Set<Integer> owned) {
    List<SearchOutbox.Row> rows = outbox.due(owned, MAX_ROWS);
    if (rows.isEmpty()) {
      return new Work(List.of(), false, List.of(), List.of());
    }
    List<Portion> portions = Portion.choose(rows, MAX_MESSAGES);
    long size = portions.stream().mapToLong(portion -> portion.numbers().size()).sum();
    return new Work(
        portions,
        rows.size() == MAX_ROWS || size == MAX_MESSAGES,
        messages.in(portions.stream().map(Portion::range).toList()),
        indexes.all());
  }

  private BulkAnswer send(SearchIndexes.Entry target, List<Message> batch, ReadTime readAt) {
    BulkAnswer answer =
        spans.indexing(
            batch,
            Message::written,
            () -> metrics.timed(() -> writer.write(target.name(), batch, readAt)));
    int notTaken = answer.notTaken().size();
    if (notTaken > 0 && !answer.tookNothingNow()) {
      log.error(
          "index {} refuses {} documents, which are tried again: {}",
          target.name(),
          notTaken,
          answer.reason());
    }
    return answer;
  }

  private static boolean isLive(SearchIndexes.Entry target) {
    return target.role() == SearchIndexes.Role.LIVE;
  }
}

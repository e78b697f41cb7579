package dev.tally.worker.indexer;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.worker.index.BulkAnswer;
import dev.tally.worker.index.DocumentWriter;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.Messages;
import dev.tally.worker.index.ReadTime;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import dev.tally.worker.lease.OwnedPartitions;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.position.PositionRecord;
import dev.tally.worker.tracing.WriteSpans;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
 * <p>How far MySQL has come is recorded in Elasticsearch before messages of its rows are sent
 * there: if Redis and MySQL are both set back after that, the record tells that the index has what
 * they have lost.
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

  private static final Duration LEAVE_OUT = Duration.ofSeconds(2);

  private final SearchOutbox outbox;
  private final Messages messages;
  private final SearchIndexes indexes;
  private final DocumentWriter writer;
  private final OwnedPartitions partitions;
  private final PositionRecord record;
  private final IndexMetrics metrics;
  private final WriteSpans spans;
  private final TransactionTemplate snapshot;

  /** When a partition could not be recorded. */
  private final Map<Integer, Long> leftOutAt = new HashMap<>();

  IndexRound(
      SearchOutbox outbox,
      Messages messages,
      SearchIndexes indexes,
      DocumentWriter writer,
      OwnedPartitions partitions,
      PositionRecord record,
      IndexMetrics metrics,
      WriteSpans spans,
      PlatformTransactionManager transactions) {
    this.outbox = outbox;
    this.messages = messages;
    this.indexes = indexes;
    this.writer = writer;
    this.partitions = partitions;
    this.record = record;
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
    /** Each index has a layout that is too old, until a new one is begun. No row is settled. */
    INDEX_OUTDATED,
    /**
     * A later version of Tally has begun an index, and this worker does not know its documents. No
     * row is settled: the later version's workers index them.
     */
    WORKER_OUTDATED
  }

  /**
   * Runs a round.
   *
   * @throws org.springframework.dao.DataAccessException if a server fails, an index takes nothing
   *     for now, or how far MySQL has come cannot be recorded. No row is settled, unless the
   *     connection to MySQL broke during the commit itself.
   */
  Result run() {
    Set<Integer> owned = new HashSet<>(partitions.owned());
    owned.removeAll(leftOut());
    ReadTime readAt = ReadTime.now();
    Work found = snapshot.execute(_ -> read(owned));
    if (found.portions().isEmpty()) {
      return Result.IDLE;
    }
    if (found.targets().stream().noneMatch(IndexRound::isLive)) {
      return Result.INDEX_MISSING;
    }
    if (found.targets().stream().anyMatch(indexes::isNewer)) {
      return Result.WORKER_OUTDATED;
    }
    // An index whose layout is too old is soon replaced.
    List<SearchIndexes.Entry> targets = found.targets().stream().filter(indexes::isKnown).toList();
    if (targets.isEmpty()) {
      return Result.INDEX_OUTDATED;
    }
    Work work = found.in(recorded(found));
    if (work.portions().isEmpty()) {
      return Result.MORE;
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

  /**
   * The partitions whose record says at least what the snapshot shows. The others are in question,
   * and their rows stay due.
   */
  private Set<Integer> recorded(Work found) {
    Set<Integer> read = found.partitions();
    Set<Integer> recorded = record.record(read);
    long now = System.nanoTime();
    read.stream()
        .filter(partition -> !recorded.contains(partition))
        .forEach(partition -> leftOutAt.put(partition, now));
    return recorded;
  }

  /** So that the rows of a partition in question do not take the places of others in each round. */
  private Set<Integer> leftOut() {
    long now = System.nanoTime();
    leftOutAt.values().removeIf(at -> now - at >= LEAVE_OUT.toNanos());
    return leftOutAt.keySet();
  }

  /** The work that one snapshot of MySQL shows. */
  private record Work(
      List<Portion> portions,
      boolean isFull,
      List<Message> messages,
      List<SearchIndexes.Entry> targets) {

    Set<Integer> partitions() {
      return portions.stream()
          .map(portion -> portion.range().partition())
          .collect(Collectors.toSet());
    }

    Work in(Set<Integer> partitions) {
      List<Portion> left =
          portions.stream()
              .filter(portion -> partitions.contains(portion.range().partition()))
              .toList();
      if (left.size() == portions.size()) {
        return this;
      }
      Set<ChatKey> chats =
          left.stream().map(portion -> portion.range().chat()).collect(Collectors.toSet());
      return new Work(
          left,
          isFull,
          messages.stream().filter(message -> chats.contains(message.key().chat())).toList(),
          targets);
    }
  }

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
            () -> metrics.timed(() -> writer.write(target.target(), batch, readAt)));
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

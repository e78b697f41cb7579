package dev.tally.worker.indexer;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.log.LoggedFault;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.Messages;
import dev.tally.worker.index.SearchCluster;
import dev.tally.worker.index.lifecycle.IndexKeeper;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import dev.tally.worker.lease.OwnedPartitions;
import dev.tally.worker.outbox.IndexSignal;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.tracing.WriteSpans;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Takes persisted messages from the outbox to the search indexes.
 *
 * <p>A row leaves the outbox after every registered index has taken its messages. Rows and
 * registered indexes are read in one snapshot. A reindex relies on that: it registers its index
 * first and scans MySQL afterwards. A message whose row was read before the registration was also
 * committed before the registration, so the scan finds the message. Every other row is read
 * together with the registration, so the indexer sends its messages to the new index.
 *
 * <p>Two workers may work on the same rows for a moment. That does no harm: a document's id and
 * content follow from the message, and messages never change.
 */
@Component
@Profile("service")
final class Indexer implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Indexer.class);

  private static final int ROWS_A_ROUND = 1_000;
  private static final int MESSAGES_A_ROUND = 2_000;
  private static final Duration POLL = Duration.ofSeconds(1);

  /**
   * How long new messages are gathered before the next round. A round costs as much for one message
   * as for a hundred, and Elasticsearch makes new documents visible once a second only.
   */
  private static final Duration GATHER = Duration.ofMillis(100);

  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(30);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

  private final SearchOutbox outbox;
  private final Messages messages;
  private final SearchIndexes indexes;
  private final SearchCluster cluster;
  private final IndexKeeper keeper;
  private final OwnedPartitions partitions;
  private final IndexSignal signal;
  private final IndexMetrics metrics;
  private final WriteSpans spans;
  private final TransactionTemplate snapshot;

  private volatile boolean running;
  private long checkedAt = System.nanoTime() - CHECK_INTERVAL.toNanos();
  private @Nullable Thread thread;

  Indexer(
      SearchOutbox outbox,
      Messages messages,
      SearchIndexes indexes,
      SearchCluster cluster,
      IndexKeeper keeper,
      OwnedPartitions partitions,
      IndexSignal signal,
      IndexMetrics metrics,
      WriteSpans spans,
      PlatformTransactionManager transactions) {
    this.outbox = outbox;
    this.messages = messages;
    this.indexes = indexes;
    this.cluster = cluster;
    this.keeper = keeper;
    this.partitions = partitions;
    this.signal = signal;
    this.metrics = metrics;
    this.spans = spans;
    this.snapshot = new TransactionTemplate(transactions);
    this.snapshot.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
    this.snapshot.setReadOnly(true);
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofVirtual().name("indexer").start(this::run);
  }

  @Override
  public void stop() {
    running = false;
    signal.wake();
    try {
      if (thread != null && !thread.join(STOP_PATIENCE)) {
        log.warn("the indexer did not end in time; its last batch will be indexed again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void run() {
    BackOffExecution backOff = backOff();
    int failures = 0;
    while (running) {
      try {
        boolean more = round();
        if (failures > 0) {
          log.info("indexing works again after {} failures", failures);
          failures = 0;
          backOff = backOff();
        }
        if (!more) {
          pause(GATHER);
          signal.await(POLL);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ElasticsearchException
          | UncheckedIOException
          | DataAccessException
          | TransactionException e) {
        metrics.failed();
        if (failures++ == 0) {
          log.warn(
              "indexing fails and is tried again; messages are persisted meanwhile: {}",
              e instanceof ElasticsearchException refusal
                  ? refusal.error().type()
                  : LoggedFault.line(e));
        }
        pause(Duration.ofMillis(backOff.nextBackOff()));
      } catch (RuntimeException e) {
        metrics.failed();
        failures++;
        log.error("indexing failed unexpectedly and is tried again", LoggedFault.of(e));
        pause(LONGEST_DELAY);
      }
    }
  }

  private void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    try {
      // Ignores wake-ups: more work is no reason to end this pause.
      while (running && System.nanoTime() - end < 0) {
        Thread.sleep(Duration.ofMillis(Math.min(100, time.toMillis())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running = false;
    }
  }

  /** The work that one snapshot of MySQL shows. */
  private record Work(
      List<SearchOutbox.Row> rows, List<Message> messages, List<SearchIndexes.Entry> targets) {}

  /** Indexes a batch, and returns whether there may be more to do at once. */
  private boolean round() {
    if (System.nanoTime() - checkedAt >= CHECK_INTERVAL.toNanos()) {
      keeper.check();
      checkedAt = System.nanoTime();
    }
    Set<Integer> owned = partitions.owned();
    Work work =
        snapshot.execute(
            _ -> {
              List<SearchOutbox.Row> rows = outbox.due(owned, ROWS_A_ROUND);
              return rows.isEmpty()
                  ? new Work(List.of(), List.of(), List.of())
                  : new Work(
                      rows,
                      messages.in(
                          rows.stream().map(SearchOutbox.Row::range).toList(), MESSAGES_A_ROUND),
                      indexes.all());
            });
    if (work.rows().isEmpty()) {
      return false;
    }
    if (work.targets().stream().noneMatch(target -> target.role() == SearchIndexes.Role.LIVE)) {
      recheckSoon();
      keeper.check();
      return true;
    }
    Set<MessageKey> refused = new HashSet<>();
    for (SearchIndexes.Entry target : work.targets()) {
      SearchCluster.Refused answer =
          spans.indexing(
              work.messages(),
              Message::written,
              () -> metrics.timed(() -> cluster.index(target.name(), work.messages())));
      if (answer.indexMissing()) {
        if (target.role() == SearchIndexes.Role.LIVE) {
          keeper.check();
          return true;
        }
        // The reindex itself notices that its index is gone.
        continue;
      }
      if (answer.overloaded()) {
        throw new UncheckedIOException(
            new IOException("Elasticsearch is overloaded: " + answer.reason()));
      }
      if (!answer.documents().isEmpty()) {
        log.error(
            "index {} refuses {} documents, which are tried again: {}",
            target.name(),
            answer.documents().size(),
            answer.reason());
        refused.addAll(answer.documents());
      }
    }
    settle(work, refused);
    return work.rows().size() == ROWS_A_ROUND || work.messages().size() == MESSAGES_A_ROUND;
  }

  private void recheckSoon() {
    checkedAt = System.nanoTime() - CHECK_INTERVAL.toNanos();
  }

  /**
   * Deletes the rows that are done, advances the row that the limit cut, and puts off the rows with
   * a refused document.
   */
  private void settle(Work work, Set<MessageKey> refused) {
    boolean cut = work.messages().size() == MESSAGES_A_ROUND;
    @Nullable Message last = work.messages().isEmpty() ? null : work.messages().getLast();
    Map<Long, List<Message>> messagesByRow = assign(work);
    List<SearchOutbox.Row> done = new ArrayList<>();
    List<SearchOutbox.Row> putOff = new ArrayList<>();
    for (SearchOutbox.Row row : work.rows()) {
      List<Message> ofRow = messagesByRow.getOrDefault(row.id(), List.of());
      if (ofRow.stream().anyMatch(message -> refused.contains(message.key()))) {
        putOff.add(row);
      } else if (cut && last != null && reaches(row, last)) {
        if (!ofRow.isEmpty()
            && ofRow.getLast().equals(last)
            && last.key().number() < row.range().numbers().last()) {
          outbox.advance(row, last.key().number() + 1);
        } else if (!ofRow.isEmpty() && ofRow.getLast().equals(last)) {
          done.add(row);
        }
      } else {
        done.add(row);
      }
    }
    outbox.delete(done);
    putOff.stream()
        .collect(Collectors.groupingBy(SearchOutbox.Row::attempts))
        .forEach((attempts, rows) -> outbox.putOff(rows, delay(attempts)));
    metrics.indexed(work.messages(), refused.size());
  }

  /** Whether a row ends at or after a message in key order. Then the limit may have cut the row. */
  private static boolean reaches(SearchOutbox.Row row, Message last) {
    SearchOutbox.Range range = row.range();
    return new MessageKey(range.chat(), range.numbers().last()).compareTo(last.key()) >= 0;
  }

  private static Map<Long, List<Message>> assign(Work work) {
    Map<ChatKey, List<SearchOutbox.Row>> rowsByChat =
        work.rows().stream().collect(Collectors.groupingBy(row -> row.range().chat()));
    Map<Long, List<Message>> assigned = new HashMap<>();
    for (Message message : work.messages()) {
      for (SearchOutbox.Row row : rowsByChat.getOrDefault(message.key().chat(), List.of())) {
        NumberRange numbers = row.range().numbers();
        if (numbers.first() <= message.key().number() && message.key().number() <= numbers.last()) {
          assigned.computeIfAbsent(row.id(), _ -> new ArrayList<>()).add(message);
        }
      }
    }
    return assigned;
  }

  private static Duration delay(int attempts) {
    long millis = Math.min(LONGEST_DELAY.toMillis(), 500L << Math.min(attempts, 10));
    return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis / 4));
  }

  private static BackOffExecution backOff() {
    ExponentialBackOff backOff = new ExponentialBackOff(200, 2);
    backOff.setMaxInterval(5_000);
    backOff.setJitter(50);
    return backOff.start();
  }
}

package dev.tally.worker.erase;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.partition.RedisLayout;
import dev.tally.worker.erase.EraseMetrics.Kind;
import dev.tally.worker.erase.Erasure.Outcome;
import dev.tally.worker.index.DocumentEraser;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import dev.tally.worker.numbers.DeletedParents;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.stereotype.Component;

/**
 * Erases a deleted chat or app: rows first, so that nobody can read a text any more, then
 * documents, then what Redis has.
 *
 * <p>A pass that finds something begins anew. One that finds nothing is repeated after a while, for
 * what was on its way meanwhile: a worker may have read messages and not sent them yet. If the
 * later pass finds nothing either, the erasure ends.
 *
 * <p>While an index is being built, no erasure ends, because a reindex reads the rows of the time
 * when it began. One that begins later reads none that are erased.
 */
@Component
@Profile("service")
class DeletionSteps {

  private static final Logger log = LoggerFactory.getLogger(DeletionSteps.class);

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

  private final Erasures erasures;
  private final Rows rows;
  private final DocumentEraser documents;
  private final SearchIndexes indexes;
  private final RedisTraces traces;
  private final RedisLayout layout;
  private final DeletedParents deleted;
  private final EraseMetrics metrics;

  /** When Elasticsearch has failed; 0 if it has answered since. Turns are one thread's. */
  private long searchFailedAt;

  DeletionSteps(
      Erasures erasures,
      Rows rows,
      DocumentEraser documents,
      SearchIndexes indexes,
      RedisTraces traces,
      RedisLayout layout,
      DeletedParents deleted,
      EraseMetrics metrics) {
    this.erasures = erasures;
    this.rows = rows;
    this.documents = documents;
    this.indexes = indexes;
    this.traces = traces;
    this.layout = layout;
    this.deleted = deleted;
    this.metrics = metrics;
  }

  /**
   * Takes a step. It may be repeated, by any worker.
   *
   * @throws org.springframework.dao.DataAccessException if a server does not answer
   */
  Outcome step(Erasure erasure) {
    boolean isAppDeleted = deleted.has(new Parent.App(erasure.app()));
    if (erasure.isOfApp()) {
      if (!isAppDeleted) {
        return refuse(erasure);
      }
      traces.close(erasure.app());
      if (traces.isOnItsWay(erasure.app())) {
        return Outcome.WAITS;
      }
      erasures.removeOthers(erasure.key().appId());
    } else if (isAppDeleted || traces.isClaimed(erasure.chat())) {
      // The erasure of the app ends that of the chat.
      return Outcome.WAITS;
    }
    // Before the pass: an index that is built later has nothing of what is erased.
    boolean isSettled = indexes.all().stream().allMatch(this::isSettled);
    Optional<Boolean> foundNothing = pass(erasure);
    if (foundNothing.isEmpty()) {
      return refuse(erasure);
    }
    if (!foundNothing.get()) {
      if (erasure.isLooked()) {
        erasures.lookAgain(erasure.key());
      }
      return Outcome.MORE;
    }
    if (!erasure.isLooked() || !isSettled) {
      erasures.looked(erasure.key());
      return Outcome.WAITS;
    }
    if (erasure.isOfApp()) {
      traces.forget(erasure.app());
    }
    erasures.remove(erasure);
    log.info(
        "app {}: {} is erased",
        erasure.app(),
        erasure.isOfApp() ? "all of it" : "chat " + erasure.key().chat());
    return Outcome.MORE;
  }

  private Outcome refuse(Erasure erasure) {
    log.error(
        "app {}: an erasure was requested of what is not deleted; nothing is erased",
        erasure.app());
    erasures.remove(erasure);
    return Outcome.WAITS;
  }

  private boolean isSettled(SearchIndexes.Entry index) {
    return index.role() == SearchIndexes.Role.LIVE && indexes.isKnown(index);
  }

  /**
   * Erases some of what there is.
   *
   * @return whether nothing was found; empty if it is not deleted
   */
  private Optional<Boolean> pass(Erasure erasure) {
    int partition = layout.partitions().of(erasure.app()).partition();
    Optional<Rows.Erased> found =
        erasure.isOfApp()
            ? rows.eraseApp(erasure.key().appId())
            : rows.eraseChat(erasure.key().chatKey());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    metrics.erased(found.get());
    return Optional.of(
        found.get().isNothing()
            && !hadDocuments(erasure)
            && !hadOutbox(partition, erasure)
            && !hadTraces(erasure));
  }

  /** After the documents: while Elasticsearch is away, the outbox is long. */
  private boolean hadOutbox(int partition, Erasure erasure) {
    Rows.Erased erased =
        rows.eraseOutbox(
            partition, erasure.key().appId(), erasure.isOfApp() ? null : erasure.key().chat());
    metrics.erased(erased);
    return !erased.isNothing();
  }

  /**
   * After a failure, no other erasure waits for Elasticsearch for a while: each would wait until
   * the time is up, and rows come first.
   */
  private boolean hadDocuments(Erasure erasure) {
    if (searchFailedAt != 0 && System.nanoTime() - searchFailedAt < AFTER_FAILURE.toNanos()) {
      throw new TransientDataAccessResourceException("Elasticsearch did not answer just now");
    }
    searchFailedAt = 0;
    try {
      return erasedDocuments(erasure);
    } catch (DataAccessException e) {
      searchFailedAt = System.nanoTime();
      throw e;
    }
  }

  private boolean erasedDocuments(Erasure erasure) {
    List<String> names = indexes.all().stream().map(SearchIndexes.Entry::name).toList();
    long found = 0;
    for (String name : names) {
      found +=
          documents.eraseSome(name, erasure.app(), erasure.isOfApp() ? null : erasure.key().chat());
    }
    metrics.erased(Kind.DOCUMENT, found);
    return found > 0;
  }

  private boolean hadTraces(Erasure erasure) {
    RedisTraces.Erased erased =
        erasure.isOfApp() ? traces.eraseApp(erasure.app()) : traces.eraseChat(erasure.chat());
    metrics.erased(Kind.RECORD, erased.records());
    metrics.erased(Kind.DEAD_LETTER, erased.deadLetters());
    return !erased.isNothing();
  }
}

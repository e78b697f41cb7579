package dev.tally.worker.index.lifecycle;

import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.metrics.EnumCounter;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.search.SearchFault;
import dev.tally.worker.periodic.PeriodicTask;
import dev.tally.worker.position.PositionRecord;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Runs a reindex when a new search index is due: MySQL was set back, so the live index has messages
 * that MySQL has lost; or the live index has the documents of an older version.
 *
 * <p>MySQL records what is due, and {@link Reindex} ends that when it swaps the indexes. So a run
 * that dies is begun again, by any worker. One run serves all partitions: it compares them all
 * before it begins, and those that noticed nothing yet record then that MySQL was set back.
 */
@Component
@Profile("service")
final class DueReindex implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(DueReindex.class);

  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private final SearchIndexes indexes;
  private final Reindex reindex;
  private final PositionRecord record;
  private final RedisLayout layout;
  private final PartitionRows partitions;
  private final EnumCounter<Reason> built;
  private final PeriodicTask task =
      new PeriodicTask(log, "due-reindex", AFTER_FAILURE, this::reindexIfDue);

  DueReindex(
      SearchIndexes indexes,
      Reindex reindex,
      PositionRecord record,
      RedisLayout layout,
      JdbcClient jdbc,
      MeterRegistry meters) {
    this.indexes = indexes;
    this.reindex = reindex;
    this.record = record;
    this.layout = layout;
    this.partitions = new PartitionRows(jdbc);
    this.built =
        new EnumCounter<>(
            meters,
            "tally.index.replaced",
            "Search indexes that were replaced because a new one was due",
            "reason",
            Reason.class,
            reason -> reason.slug);
  }

  private enum Reason {
    MYSQL_SET_BACK("mysql-set-back", "MySQL was set back, and the old one has what MySQL has lost"),
    OLDER_LAYOUT("older-layout", "the old one has the documents of an older version");

    private final String slug;
    private final String text;

    Reason(String slug, String text) {
      this.slug = slug;
      this.text = text;
    }
  }

  @Override
  public void start() {
    task.start(INTERVAL);
  }

  @Override
  public void stop() {
    if (!task.stop(STOP_PATIENCE)) {
      log.warn("the reindex did not end in time; a worker removes its index");
    }
  }

  @Override
  public boolean isRunning() {
    return task.isRunning();
  }

  private Duration reindexIfDue() {
    try {
      Optional<Reason> reason = reason();
      if (reason.isPresent()) {
        OptionalLong indexed =
            reindex.runIf(this::begins, Duration.ZERO, (_, _) -> task.checkStopped());
        if (indexed.isPresent()) {
          built.increment(reason.get());
          log.info("the new search index answers searches: {} messages", indexed.getAsLong());
        }
      }
      return INTERVAL;
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      log.warn("the search index could not be replaced yet: {}", SearchFault.line(e));
      return AFTER_FAILURE;
    }
  }

  private Optional<Reason> reason() {
    if (!partitions.indexDue().isEmpty()) {
      return Optional.of(Reason.MYSQL_SET_BACK);
    }
    return indexes.live().filter(indexes::isOlder).map(_ -> Reason.OLDER_LAYOUT);
  }

  /** Whether an index is still due, now that no other worker builds one. */
  private boolean begins() {
    Optional<Reason> reason = reason();
    if (reason.isEmpty()) {
      return false;
    }
    log.warn("a new search index is built: {}", reason.get().text);
    if (reason.get() == Reason.MYSQL_SET_BACK) {
      for (int partition = 0; partition < layout.partitions().count(); partition++) {
        record.compare(new PartitionKeys(partition));
      }
    }
    return true;
  }
}

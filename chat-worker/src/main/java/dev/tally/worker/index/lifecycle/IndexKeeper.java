package dev.tally.worker.index.lifecycle;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.RedisLayout;
import dev.tally.worker.index.SearchCluster;
import dev.tally.worker.outbox.SearchOutbox;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes sure that a live index exists, that searches go to it, and that every persisted message is
 * in it or in the outbox.
 *
 * <p>Elasticsearch may come back empty. The keeper notices that by the UUID of the live index: if
 * it is not the recorded one, the outbox gets all messages again. The new UUID is recorded last. If
 * a process dies before that, the next check starts over, and at worst indexes messages twice.
 */
@Component
public class IndexKeeper {

  private static final String APPS_AFTER =
      """
      SELECT id, token FROM apps WHERE id > :after ORDER BY id LIMIT :limit""";

  static final String LOCK = "search-indexes";
  static final String REINDEX_LOCK = "reindex";

  /** How long to wait for a lock that is mostly held for a moment. */
  static final Duration LOCK_PATIENCE = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(IndexKeeper.class);
  private static final int APPS_A_TRANSACTION = 200;

  private final SearchIndexes indexes;
  private final SearchCluster cluster;
  private final SearchOutbox outbox;
  private final DatabaseLock lock;
  private final RedisLayout layout;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  /** Whether this process has still to remove unused indexes. */
  private volatile boolean removesUnused = true;

  IndexKeeper(
      SearchIndexes indexes,
      SearchCluster cluster,
      SearchOutbox outbox,
      DatabaseLock lock,
      RedisLayout layout,
      JdbcClient jdbc,
      PlatformTransactionManager transactions) {
    this.indexes = indexes;
    this.cluster = cluster;
    this.outbox = outbox;
    this.lock = lock;
    this.layout = layout;
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    // INSERT … SELECT locks no chats that it reads, unlike with REPEATABLE READ.
    this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
  }

  /** Recovers the live index if it is damaged. Any number of workers may call this at once. */
  public void check() {
    Optional<SearchIndexes.Entry> live = indexes.live();
    if (live.isPresent() && isWhole(live.get()) && indexes.building().isEmpty()) {
      removeUnused();
      return;
    }
    removesUnused = false;
    Optional<DatabaseLock.Held> held = lock.acquire(LOCK, LOCK_PATIENCE);
    if (held.isEmpty()) {
      return;
    }
    try (DatabaseLock.Held _ = held.get()) {
      removeAbandoned();
      recover();
    }
  }

  private boolean isWhole(SearchIndexes.Entry live) {
    return cluster.indexUuid(live.name()).equals(Optional.ofNullable(live.indexUuid()))
        && cluster.searched().equals(Set.of(live.name()));
  }

  /**
   * Removes the indexes that Tally has created and nothing uses any more, once in a process. A
   * reindex that is killed between its swap and its end leaves one.
   *
   * <p>A process that finds its live index damaged removes none. It may have been started with the
   * MySQL or the Elasticsearch of another deployment by mistake, and must not delete what that
   * deployment uses.
   */
  private void removeUnused() {
    if (!removesUnused) {
      return;
    }
    // Without this lock, the index that a reindex has just created could look unused.
    Optional<DatabaseLock.Held> held = lock.acquire(REINDEX_LOCK, Duration.ZERO);
    if (held.isEmpty()) {
      return;
    }
    try (DatabaseLock.Held _ = held.get()) {
      // In this order: every other index is registered before it is created.
      Set<String> unused = cluster.unsearched();
      indexes.all().forEach(entry -> unused.remove(entry.name()));
      for (String name : unused) {
        log.warn("removing index {}: nothing uses it", name);
        cluster.delete(name);
      }
      removesUnused = false;
    }
  }

  /** Removes the index of a reindex that died: the indexer would write to it for ever. */
  private void removeAbandoned() {
    List<SearchIndexes.Entry> building = indexes.building();
    if (building.isEmpty()) {
      return;
    }
    Optional<DatabaseLock.Held> held = lock.acquire(REINDEX_LOCK, Duration.ZERO);
    if (held.isEmpty()) {
      return;
    }
    try (DatabaseLock.Held _ = held.get()) {
      for (SearchIndexes.Entry entry : indexes.building()) {
        log.warn("removing index {}: its reindex did not finish", entry.name());
        indexes.remove(entry.name());
        cluster.delete(entry.name());
      }
    }
  }

  private void recover() {
    SearchIndexes.Entry live = indexes.live().orElseGet(this::addLive);
    Optional<String> indexUuid = cluster.indexUuid(live.name());
    if (indexUuid.isEmpty()) {
      live = ofTheNewestLayout(live);
      cluster.create(live.name());
      indexUuid = cluster.indexUuid(live.name());
      log.info("search index {} was created", live.name());
    }
    if (!cluster.searched().equals(Set.of(live.name()))) {
      cluster.search(live.name());
    }
    if (indexUuid.isPresent() && !indexUuid.get().equals(live.indexUuid())) {
      long rows = sendEverything();
      indexes.setIndexUuid(live.name(), indexUuid.get());
      if (rows > 0) {
        log.warn(
            "search index {} is new: everything in {} apps is indexed again", live.name(), rows);
      }
    }
  }

  private SearchIndexes.Entry addLive() {
    return indexes.add(SearchCluster.newName(), SearchIndexes.Role.LIVE);
  }

  /**
   * The live index, which is gone, as it is created again. If it had another layout, it gets
   * another name: a late bulk request would send documents of the old layout to the name, and an
   * API would ask it in that layout.
   */
  private SearchIndexes.Entry ofTheNewestLayout(SearchIndexes.Entry live) {
    if (!indexes.isOlder(live) && !indexes.isNewer(live)) {
      return live;
    }
    return transaction.execute(
        _ ->
            indexes.remove(live.name())
                ? addLive()
                // A reindex has replaced it meanwhile.
                : indexes.live().orElseThrow());
  }

  private record App(long id, AppToken token) {}

  /** Appends all messages to the outbox, and returns the number of apps. */
  private long sendEverything() {
    long after = 0;
    long count = 0;
    while (true) {
      List<App> apps =
          jdbc.sql(APPS_AFTER)
              .param("after", after)
              .param("limit", APPS_A_TRANSACTION)
              .query((row, _) -> new App(row.getLong(1), new AppToken(row.getString(2))))
              .list();
      if (apps.isEmpty()) {
        return count;
      }
      transaction.executeWithoutResult(
          _ -> {
            for (App app : apps) {
              outbox.appendAll(layout.partitions().of(app.token()).partition(), app.id());
            }
          });
      count += apps.size();
      after = apps.getLast().id();
    }
  }
}

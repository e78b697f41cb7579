package dev.tally.worker.index.lifecycle;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.RedisLayout;
import dev.tally.testkit.TestServers;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.index.SearchCluster;
import dev.tally.worker.outbox.SearchOutbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** The parts of a worker that an index keeper works with, on test servers, and apps to index. */
final class KeeperFixture implements AutoCloseable {

  final TestServers servers = TestServers.wiped();
  final ConfigurableApplicationContext worker = start();
  final SearchIndexes indexes = worker.getBean(SearchIndexes.class);
  final SearchCluster cluster = worker.getBean(SearchCluster.class);
  final ElasticsearchClient elasticsearch = worker.getBean(ElasticsearchClient.class);
  final JdbcClient mysql = worker.getBean(JdbcClient.class);

  /** Has connections of its own, so it takes part in no transaction of the worker. */
  final JdbcClient other = JdbcClient.create(servers.dataSource());

  final DatabaseLock lock = worker.getBean(DatabaseLock.class);

  private ConfigurableApplicationContext start() {
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.add("--logging.level.dev.tally.worker.index.lifecycle=INFO");
    return ChatWorker.forCommand(arguments.toArray(String[]::new));
  }

  void removeEverything() {
    indexes.all().forEach(entry -> cluster.delete(entry.name()));
    for (String table : List.of("apps", "chats", "messages", "search_outbox", "search_indexes")) {
      mysql.sql("DELETE FROM " + table).update();
    }
  }

  LockLog lockLog() {
    return new LockLog(worker.getBean(DataSource.class));
  }

  IndexKeeper keeper(DatabaseLock itsLock) {
    return new IndexKeeper(
        indexes,
        cluster,
        worker.getBean(SearchOutbox.class),
        itsLock,
        worker.getBean(RedisLayout.class),
        mysql,
        worker.getBean(PlatformTransactionManager.class));
  }

  /** Acquires a lock, which must be free. */
  DatabaseLock.Held hold(String name) {
    return lock.acquire(name, Duration.ZERO).orElseThrow();
  }

  boolean aLockIsWaitedFor() {
    return mysql
            .sql("SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User lock'")
            .query(Long.class)
            .single()
        > 0;
  }

  /** Ends the connection that holds the lock of a reindex. */
  void endTheConnectionOfAReindex() {
    long connection =
        other
            .sql("SELECT IS_USED_LOCK(CONCAT(DATABASE(), '.', ?))")
            .param(IndexKeeper.REINDEX_LOCK)
            .query(Long.class)
            .single();
    other.sql("KILL " + connection).update();
  }

  /** The rows of the outbox. */
  List<String> sent() {
    return mysql
        .sql(
            "SELECT CONCAT(partition_number, ': app ', app_id, ' chat ', chat_number, ', ',"
                + " first_number, '-', last_number) FROM search_outbox")
        .query((row, _) -> row.getString(1))
        .list();
  }

  /** The rows of an outbox that got everything in the apps 1 to this one. */
  List<String> everythingIn(int apps) {
    RedisLayout layout = worker.getBean(RedisLayout.class);
    return IntStream.rangeClosed(1, apps)
        .mapToObj(
            app ->
                "%d: app %d chat 1, 1-2"
                    .formatted(layout.partitions().of(new AppToken(token(app))).partition(), app))
        .toList();
  }

  private static String token(int app) {
    return "%032x".formatted(app);
  }

  /** An app with two chats, of which one has two messages and the other none. */
  void addApp(int id) {
    mysql
        .sql(
            "INSERT INTO apps (id, token, name, chats_count, created_at, updated_at)"
                + " VALUES (?, ?, 'Acme', 2, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
        .params(id, token(id))
        .update();
    mysql
        .sql(
            "INSERT INTO chats (app_id, number, messages_count, created_at)"
                + " VALUES (:app, 1, 2, UTC_TIMESTAMP(6)),"
                + " (:app, 2, 0, UTC_TIMESTAMP(6))")
        .param("app", id)
        .update();
    mysql
        .sql(
            "INSERT INTO messages (app_id, chat_number, number, body, created_at)"
                + " VALUES (:app, 1, 1, 'one', UTC_TIMESTAMP(6)),"
                + " (:app, 1, 2, 'two', UTC_TIMESTAMP(6))")
        .param("app", id)
        .update();
  }

  /** Real locks, and the names of those that a keeper asked for. */
  static final class LockLog extends DatabaseLock {

    final List<String> asked = new ArrayList<>();
    Runnable beforeReindexLock = () -> {};

    LockLog(DataSource database) {
      super(database);
    }

    @Override
    Optional<Held> acquire(String name, Duration patience) {
      asked.add(name);
      if (name.equals(IndexKeeper.REINDEX_LOCK)) {
        beforeReindexLock.run();
      }
      return super.acquire(name, patience);
    }
  }

  @Override
  public void close() {
    worker.close();
  }
}

package dev.tally.worker.drain.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.testkit.TestServers;
import dev.tally.worker.drain.sql.Batches;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A batch locks the rows that it names and no others, even if it names nearly all. Batches of
 * different partitions never name the same row, so they never wait for each other.
 */
@Timeout(120)
class RowLocksIT {

  private static final int APPS = 60;
  private static final int CHATS_AN_APP = 3;

  /** The count of each chat at the start. */
  private static final long MESSAGES = 7;

  /** An app in the middle, and a chat of it. Another transaction has locked one of them. */
  private static final long FOREIGN = APPS / 2;

  private static final ChatKey FOREIGN_CHAT = new ChatKey(FOREIGN, 2);

  private static TestServers servers;
  private static JdbcClient mysql;
  private static TransactionTemplate transaction;
  private static RowReads reads;
  private static RowWrites writes;

  /** What the optimizer knows about the tables. */
  enum Statistics {
    STALE,
    FRESH
  }

  @BeforeAll
  static void start() {
    servers = TestServers.wiped();
    servers.migrate();
    DataSource source = servers.dataSource();
    mysql = JdbcClient.create(source);
    transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
    transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    reads = new RowReads(mysql);
    writes = new RowWrites(mysql, new Batches(new JdbcTemplate(source)));
  }

  @ParameterizedTest
  @EnumSource
  void aBatchWaitsForNoAppThatItDoesNotName(Statistics statistics) throws Exception {
    fill(statistics);
    SortedSet<AppToken> named = tokens();
    named.remove(token(FOREIGN));

    Map<AppToken, RowReads.LockedApp> apps;
    try (Connection _ = foreignApp()) {
      apps = withoutWaiting(() -> reads.lockApps(named));
    }

    assertThat(apps.keySet()).isEqualTo(named);
    assertThat(apps).containsEntry(token(1), new RowReads.LockedApp(1, CHATS_AN_APP, false));
  }

  @ParameterizedTest
  @EnumSource
  void aBatchWaitsForNoChatThatItDoesNotName(Statistics statistics) throws Exception {
    fill(statistics);
    SortedSet<ChatKey> named = chats();
    named.remove(FOREIGN_CHAT);

    Map<ChatKey, RowReads.LockedChat> chats;
    try (Connection _ = foreignChat()) {
      chats = withoutWaiting(() -> reads.lockChats(named));
    }

    assertThat(chats.keySet()).isEqualTo(named);
    assertThat(chats.values()).containsOnly(new RowReads.LockedChat(MESSAGES, 0, 0, false));
  }

  @ParameterizedTest
  @EnumSource
  void aBatchWaitsForNoChatThatItAddsNoMessagesTo(Statistics statistics) throws Exception {
    fill(statistics);
    SortedMap<ChatKey, Integer> added = new TreeMap<>();
    chats().forEach(key -> added.put(key, (int) key.number()));
    added.remove(FOREIGN_CHAT);

    try (Connection _ = foreignChat()) {
      withoutWaiting(
          () -> {
            writes.addMessages(added);
            return true;
          });
    }

    reads
        .lockChats(chats())
        .forEach(
            (key, chat) ->
                assertThat(chat.messagesCount())
                    .as("messages_count of %s", key)
                    .isEqualTo(MESSAGES + added.getOrDefault(key, 0)));
  }

  /** Otherwise, two deliveries of one batch could lock each other out. */
  @ParameterizedTest
  @EnumSource
  void appsAreLockedInTokenOrder(Statistics statistics) throws Exception {
    fill(statistics);
    List<String> after =
        tokens().tailSet(token(FOREIGN)).stream().skip(1).map(AppToken::value).toList();
    try (Connection foreign = foreignApp();
        ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> apps =
          thread.submit(() -> transaction.execute(_ -> reads.lockApps(tokens()).size()));

      await().untilAsserted(() -> assertThat(freeTokens()).isEqualTo(after));

      foreign.rollback();
      assertThat(apps.get()).isEqualTo(APPS);
    }
  }

  @Test
  void theLargestBatchMayNameAChatInEachOfItsJobs() {
    fill(Statistics.STALE);
    SortedSet<ChatKey> named = chats();
    LongStream.rangeClosed(1, 10_000).forEach(number -> named.add(new ChatKey(1, number)));

    assertThat(withoutWaiting(() -> reads.lockChats(named)).keySet()).isEqualTo(chats());
  }

  private static void fill(Statistics statistics) {
    List<String> tables = List.of("apps", "chats");
    tables.forEach(table -> mysql.sql("TRUNCATE TABLE " + table).update());
    insert(
        "INSERT INTO apps (id, token, name, chats_count, updated_at, created_at) VALUES ",
        apps()
            .map(
                app ->
                    "(%d, '%s', 'Acme', %d, NOW(6), NOW(6))"
                        .formatted(app, token(app).value(), CHATS_AN_APP)));
    insert(
        "INSERT INTO chats (app_id, number, messages_count, created_at) VALUES ",
        chats().stream()
            .map(chat -> "(%d, %d, %d, NOW(6))".formatted(chat.appId(), chat.number(), MESSAGES)));
    if (statistics == Statistics.FRESH) {
      tables.forEach(table -> mysql.sql("ANALYZE TABLE " + table).query().listOfRows());
    }
  }

  private static void insert(String start, Stream<String> rows) {
    mysql.sql(start + rows.collect(Collectors.joining(", "))).update();
  }

  private static Stream<Long> apps() {
    return LongStream.rangeClosed(1, APPS).boxed();
  }

  /** An app with a higher id has a lower token, so that the two orders differ. */
  private static AppToken token(long app) {
    return new AppToken("%032x".formatted(1_000 - app));
  }

  private static SortedSet<AppToken> tokens() {
    return apps().map(RowLocksIT::token).collect(Collectors.toCollection(TreeSet::new));
  }

  private static SortedSet<ChatKey> chats() {
    return apps()
        .flatMap(
            app ->
                LongStream.rangeClosed(1, CHATS_AN_APP)
                    .mapToObj(number -> new ChatKey(app, number)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Runs statements in a transaction in which waiting for a lock fails. */
  private static <T> T withoutWaiting(Supplier<T> statements) {
    return transaction.execute(
        _ -> {
          mysql.sql("SET SESSION innodb_lock_wait_timeout = 1").update();
          return statements.get();
        });
  }

  private static Connection foreignApp() throws SQLException {
    return lock("SELECT id FROM apps WHERE token = '%s'".formatted(token(FOREIGN).value()));
  }

  private static Connection foreignChat() throws SQLException {
    return lock(
        "SELECT number FROM chats WHERE app_id = %d AND number = %d"
            .formatted(FOREIGN_CHAT.appId(), FOREIGN_CHAT.number()));
  }

  /** Another transaction, which has locked the row of a query. */
  private static Connection lock(String query) throws SQLException {
    Connection connection = servers.mysql();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.executeQuery(query + " FOR UPDATE");
    }
    return connection;
  }

  /** The tokens of the apps that no transaction has locked, in order. */
  private static List<String> freeTokens() {
    return transaction.execute(
        _ ->
            mysql
                .sql("SELECT token FROM apps FORCE INDEX (PRIMARY) FOR UPDATE SKIP LOCKED")
                .query(String.class)
                .list()
                .stream()
                .sorted()
                .toList());
  }
}

package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.worker.WorkerFixture;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jobs become rows although MySQL is slow, or holds up a transaction for longer than it may take.
 */
class SlowDatabaseIT {

  private static final String IMPATIENT = "--tally.worker.drain.transaction-timeout=2s";
  private static final String DRIVER = "--spring.datasource.hikari.data-source-properties.";

  /** No more than 66 rows a second. */
  private static final String EACH_ROW = "DO SLEEP(0.015)";

  private static final String ONE_ROW =
      """
      IF NEW.body = 'stuck' THEN
        DO SLEEP(8);
      END IF""";

  private static final String PROGRESS =
      """
      SELECT chat_number, COUNT(*), MAX(number) FROM messages
      WHERE app_id = ? GROUP BY chat_number ORDER BY chat_number""";

  private static final String LONG_STATEMENTS =
      """
      SELECT COUNT(*) FROM information_schema.processlist
      WHERE command = 'Query' AND time > 4 AND id <> CONNECTION_ID()""";

  private static final String STATEMENTS_THAT_SLEEP =
      """
      SELECT COUNT(*) FROM information_schema.processlist
      WHERE command = 'Query' AND state = 'User sleep'""";

  @Test
  void aSlowMySqlPersistsEverythingInOrderAndThenInLargeBatchesAgain() throws SQLException {
    try (WorkerFixture fixture = new WorkerFixture(IMPATIENT)) {
      String app = fixture.app();
      slowDown(fixture, EACH_ROW);
      queue(fixture, app, 300);

      Set<Long> visible = new HashSet<>();
      WorkerFixture.await(
          () -> {
            visible.add(assertVisibleInOrder(fixture, app));
            return fixture.isDrained(app);
          });

      assertThat(visible).as("numbers of rows that were visible meanwhile").hasSizeGreaterThan(5);
      assertThat(timeouts(fixture)).isPositive();
      assertThat(fixture.deadLetters(app)).isEmpty();
      assertComplete(fixture, app, 300);

      speedUp(fixture);
      double before = transactions(fixture);
      List<String> more = new ArrayList<>();
      for (int number = 301; number <= 3_300; number++) {
        more.add(fixture.messageJob(app, 1, number, "m" + number));
      }
      fixture.queue(app, more.toArray(String[]::new));
      fixture.awaitDrained(app);

      assertThat(fixture.messagesCount(app, 1)).isEqualTo(3_300);
      assertThat(transactions(fixture) - before).isLessThan(20);
    }
  }

  @Test
  void aBatchThatIsPersistedInPartUnderAnotherLeaseIsCompleted() {
    try (WorkerFixture fixture = new WorkerFixture(IMPATIENT)) {
      String app = fixture.app();
      slowDown(fixture, EACH_ROW);
      queue(fixture, app, 150);
      WorkerFixture.await(() -> assertVisibleInOrder(fixture, app) > 0);

      // Another worker held the lease, and died.
      fixture.redis.opsForValue().set(fixture.keys(app).owner(), "another", Duration.ofSeconds(1));
      assertThat(fixture.isDrained(app)).isFalse();
      fixture.awaitDrained(app);

      assertThat(redelivered(fixture)).isPositive();
      assertThat(fixture.deadLetters(app)).isEmpty();
      assertComplete(fixture, app, 150);
    }
  }

  /** MySQL ends the wait for a lock after so many seconds, or the driver does. */
  @ParameterizedTest
  @ValueSource(ints = {1, 50})
  void aLockedRowHoldsUpOnlyWhatComesAfterIt(int lockWait) throws Exception {
    String settings =
        DRIVER + "sessionVariables=wait_timeout=60,innodb_lock_wait_timeout=" + lockWait;
    try (WorkerFixture fixture = new WorkerFixture(IMPATIENT, settings);
        Connection other = fixture.servers.mysql();
        Statement statement = other.createStatement()) {
      String app = fixture.app();
      fixture.queue(app, fixture.chatJob(app, 1), fixture.chatJob(app, 2));
      fixture.awaitDrained(app);
      other.setAutoCommit(false);
      statement.executeQuery(
          "SELECT number FROM chats WHERE number = 2 AND app_id = %d FOR UPDATE"
              .formatted(fixture.id(app)));
      fixture.queue(
          app,
          fixture.messageJob(app, 1, 1, "a"),
          fixture.messageJob(app, 1, 2, "b"),
          fixture.messageJob(app, 1, 3, "c"),
          fixture.messageJob(app, 2, 1, "locked"),
          fixture.messageJob(app, 1, 4, "d"));

      WorkerFixture.await(() -> fixture.messages(app, 1).size() == 3);
      double before = timeouts(fixture);
      WorkerFixture.await(() -> timeouts(fixture) >= before + 3);
      assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:b", "3:c");
      other.rollback();
      fixture.awaitDrained(app);

      assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:b", "3:c", "4:d");
      assertThat(fixture.messages(app, 2)).containsExactly("1:locked");
      assertThat(fixture.deadLetters(app)).isEmpty();
    }
  }

  @Test
  void aTimeoutEndsTheStatementInMySqlAndFreesItsLocks() throws Exception {
    try (WorkerFixture fixture = new WorkerFixture(IMPATIENT);
        Connection other = fixture.servers.mysql();
        Statement statement = other.createStatement()) {
      String app = fixture.app();
      slowDown(fixture, ONE_ROW);
      queueStuck(fixture, app);

      other.setAutoCommit(false);
      statement.execute("SET SESSION innodb_lock_wait_timeout = 4");
      while (timeouts(fixture) < 5) {
        statement.executeQuery("SELECT id FROM apps WHERE token = '" + app + "' FOR UPDATE");
        other.rollback();
        assertThat(count(fixture, LONG_STATEMENTS)).as("statements that were not ended").isZero();
        Thread.sleep(200);
      }
      speedUp(fixture);
      fixture.awaitDrained(app);

      assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:stuck", "3:c");
      assertThat(fixture.deadLetters(app)).isEmpty();
    }
  }

  @Test
  void aMySqlThatStopsInTheMiddleOfAStatementIsATimeout() throws SQLException {
    try (WorkerFixture fixture = new WorkerFixture(IMPATIENT, DRIVER + "socketTimeout=3000")) {
      Server mariaDb = fixture.servers.killable(ServerKind.MARIADB);
      String app = fixture.app();
      slowDown(fixture, ONE_ROW);
      queueStuck(fixture, app);
      WorkerFixture.await(() -> count(fixture, STATEMENTS_THAT_SLEEP) > 0);
      mariaDb.freeze();
      try {
        double before = timeouts(fixture);
        WorkerFixture.await(() -> timeouts(fixture) > before);
      } finally {
        mariaDb.thaw();
      }
      speedUp(fixture);
      fixture.awaitDrained(app);

      assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:stuck", "3:c");
      assertThat(fixture.deadLetters(app)).isEmpty();
    }
  }

  private static void slowDown(WorkerFixture fixture, String action) {
    fixture
        .mysql
        .sql("CREATE TRIGGER slow_messages BEFORE INSERT ON messages FOR EACH ROW " + action)
        .update();
  }

  /** Waits for the transaction under way, longer than the worker's connections may. */
  private static void speedUp(WorkerFixture fixture) throws SQLException {
    try (Connection connection = fixture.servers.mysql();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TRIGGER slow_messages");
    }
  }

  /** Queues two chats, and messages in turns. */
  private static void queue(WorkerFixture fixture, String app, int messages) {
    List<String> jobs = new ArrayList<>(List.of(fixture.chatJob(app, 1), fixture.chatJob(app, 2)));
    for (int number = 1; number <= messages; number++) {
      jobs.add(fixture.messageJob(app, 1, number, "m" + number));
      jobs.add(fixture.messageJob(app, 2, number, "m" + number));
    }
    fixture.queue(app, jobs.toArray(String[]::new));
  }

  private static void queueStuck(WorkerFixture fixture, String app) {
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "a"),
        fixture.messageJob(app, 1, 2, "stuck"),
        fixture.messageJob(app, 1, 3, "c"));
  }

  /** Returns how many messages are visible. */
  private static long assertVisibleInOrder(WorkerFixture fixture, String app) {
    List<Long> counts =
        fixture
            .mysql
            .sql(PROGRESS)
            .param(fixture.id(app))
            .query(
                (row, _) -> {
                  assertThat(row.getLong(3)).as("highest number").isEqualTo(row.getLong(2));
                  return row.getLong(2);
                })
            .list();
    if (counts.isEmpty()) {
      return 0;
    }
    long second = counts.size() > 1 ? counts.get(1) : 0;
    assertThat(counts.getFirst() - second).as("how far chat 1 is ahead").isBetween(0L, 1L);
    return counts.getFirst() + second;
  }

  private static void assertComplete(WorkerFixture fixture, String app, int messages) {
    List<String> expected = new ArrayList<>();
    for (int number = 1; number <= messages; number++) {
      expected.add(number + ":m" + number);
    }
    assertThat(fixture.chatsCount(app)).isEqualTo(2);
    for (int chat = 1; chat <= 2; chat++) {
      assertThat(fixture.messages(app, chat)).isEqualTo(expected);
      assertThat(fixture.messagesCount(app, chat)).isEqualTo(messages);
    }
  }

  private static long count(WorkerFixture fixture, String sql) {
    return fixture.mysql.sql(sql).query(Long.class).single();
  }

  private static double timeouts(WorkerFixture fixture) {
    return meters(fixture).counter("tally.persist.timeouts").count();
  }

  private static double redelivered(WorkerFixture fixture) {
    return meters(fixture).counter("tally.redelivered").count();
  }

  private static double transactions(WorkerFixture fixture) {
    return meters(fixture).summary("tally.batch.size").count();
  }

  private static MeterRegistry meters(WorkerFixture fixture) {
    return fixture.worker.getBean(MeterRegistry.class);
  }
}

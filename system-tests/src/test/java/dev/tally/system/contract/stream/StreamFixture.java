package dev.tally.system.contract.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * A chat of its own for each test, APIs and streams that end with the test, and writers of
 * messages.
 */
abstract class StreamFixture {

  final RunningTally running = RunningTally.shared();
  final TallyClient tally = TallyClient.of(running);
  private final List<AutoCloseable> opened = new ArrayList<>();
  String app = "";
  long chat;

  @BeforeEach
  void newChat() {
    app = tally.newApp();
    chat = tally.newChat(app);
    tally.awaitChats(app, 1);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : opened.reversed()) {
      closeable.close();
    }
  }

  /** Closes something after the test. */
  <T extends AutoCloseable> T closed(T closeable) {
    opened.add(closeable);
    return closeable;
  }

  ConfigurableApplicationContext api(String... settings) {
    return closed(running.startApi(settings));
  }

  String url() {
    return url(tally.api());
  }

  String url(String api) {
    return "%s/apps/%s/chats/%d/messages/stream".formatted(api, app, chat);
  }

  String url(ConfigurableApplicationContext api) {
    return url(RunningTally.url(api));
  }

  /**
   * Runs writers that write messages one after another, some of them in batches.
   *
   * @return the number of messages that the chat has then
   */
  int write(int writers, int each) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> written = new ArrayList<>();
      for (int writer = 0; writer < writers; writer++) {
        written.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < each; i++) {
                    tally.say(app, chat, "message " + i);
                    if (i % 20 == 0) {
                      Http.postBytes(
                              tally.messagesTo(app, chat),
                              "application/x-ndjson",
                              "{\"body\":\"one of many\"}\n"
                                  .repeat(30)
                                  .getBytes(StandardCharsets.UTF_8))
                          .is(201);
                    }
                  }
                }));
      }
      for (Future<?> writer : written) {
        writer.get();
      }
    }
    return writers * (each + 30 * ((each + 19) / 20));
  }

  /** Writes a message, unless Redis is still away. */
  void knock() {
    Http.postJson(tally.messagesTo(app, chat), "{\"body\":\"knock\"}");
  }

  /** Takes numbers for messages, as a gateway would. */
  void take(int count) {
    take(PartitionKeys.NUMBERS, count);
  }

  private void take(String counter, int count) {
    LettuceConnectionFactory connections = running.servers().redis();
    try {
      new StringRedisTemplate(connections)
          .opsForHash()
          .increment(keys().messages(new ChatName(new AppToken(app), chat)), counter, count);
    } finally {
      connections.destroy();
    }
  }

  private PartitionKeys keys() {
    return new Partitions(16).of(new AppToken(app));
  }

  /** Persists messages whose numbers are taken, as a worker would if its hints got lost. */
  void insert(long first, int count, String body) throws Exception {
    try (Connection connection = running.servers().mysql()) {
      connection.setAutoCommit(false);
      long id = appId(connection);
      for (long number = first; number < first + count; number++) {
        update(
            connection,
            "INSERT INTO messages (app_id, chat_number, number, body, created_at, lost_at)"
                + " VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6), NULL)",
            id,
            chat,
            number,
            body);
      }
      update(
          connection,
          """
          UPDATE chats SET messages_count = messages_count + ?
          WHERE app_id = ? AND number = ?""",
          count,
          id,
          chat);
      index(connection, id, first, first + count - 1);
      connection.commit();
    }
  }

  /** Takes the number of a change, and persists it as a worker would if its hint got lost. */
  void persistEdit(long number, long message, String body) throws Exception {
    take(PartitionKeys.CHANGES, 1);
    try (Connection connection = running.servers().mysql()) {
      connection.setAutoCommit(false);
      long id = appId(connection);
      update(
          connection,
          """
          INSERT INTO changes
            (app_id, chat_number, number, message_number, kind, effect, body, fingerprint, created_at)
          VALUES (?, ?, ?, ?, 'edit', 'applied', 'before', REPEAT('f', 16), UTC_TIMESTAMP(6))""",
          id,
          chat,
          number,
          message);
      update(
          connection,
          """
          UPDATE messages SET body = ?, revision = ?, edited_at = UTC_TIMESTAMP(6)
          WHERE app_id = ? AND chat_number = ? AND number = ?""",
          body,
          number,
          id,
          chat,
          message);
      update(
          connection,
          "UPDATE chats SET changes_count = changes_count + 1 WHERE app_id = ? AND number = ?",
          id,
          chat);
      index(connection, id, message, message);
      connection.commit();
    }
  }

  private long appId(Connection connection) throws SQLException {
    try (ResultSet row = query(connection, "SELECT id FROM apps WHERE token = ?", app)) {
      assertThat(row.next()).isTrue();
      return row.getLong(1);
    }
  }

  private void index(Connection connection, long id, long first, long last) throws SQLException {
    update(
        connection,
        """
        INSERT INTO search_outbox
          (partition_number, app_id, chat_number, first_number, last_number, due_at)
        VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(6))""",
        keys().partition(),
        id,
        chat,
        first,
        last);
  }

  private static ResultSet query(Connection connection, String sql, Object... arguments)
      throws SQLException {
    return statement(connection, sql, arguments).executeQuery();
  }

  private static void update(Connection connection, String sql, Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = statement(connection, sql, arguments)) {
      assertThat(statement.executeUpdate()).isEqualTo(1);
    }
  }

  private static PreparedStatement statement(Connection connection, String sql, Object... arguments)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
    return statement;
  }

  /** The value of a metric, 0 if it does not exist yet. */
  static double metric(ConfigurableApplicationContext api, String name, String tag) {
    String metrics =
        Http.get(RunningTally.url(api) + "/actuator/prometheus").is(200).response().body();
    Matcher sample =
        Pattern.compile(
                "^%s\\{[^}]*%s[^}]*\\} (.+)$".formatted(name, Pattern.quote(tag)),
                Pattern.MULTILINE)
            .matcher(metrics);
    return sample.find() ? Double.parseDouble(sample.group(1)) : 0;
  }

  static List<Long> oneTo(int count) {
    return LongStream.rangeClosed(1, count).boxed().toList();
  }
}

package dev.tally.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.testkit.TestServers;
import dev.tally.testkit.http.Http;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * MySQL parses the statement of a route once a connection: parsing it costs as much as the read.
 */
class PreparedReadsIT {

  private static final int READS = 100;

  /** The API's pool has no more connections. */
  private static final int CONNECTIONS = 16;

  private static ConfigurableApplicationContext api;
  private static JdbcClient mysql;
  private static String app = "";

  @BeforeAll
  static void start() {
    TestServers servers = TestServers.wiped();
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    api = ChatApi.start(arguments.toArray(String[]::new));
    mysql = JdbcClient.create(servers.dataSource());
    app = Http.postJson(url("/apps"), "{\"name\":\"Acme\"}").is(201).text("token");
    insert(
        """
        INSERT INTO chats (app_id, number, messages_count, created_at)
        SELECT id, 1, 1, UTC_TIMESTAMP(6) FROM apps WHERE token = ?""");
    insert(
        """
        INSERT INTO messages (app_id, chat_number, number, body, created_at)
        SELECT id, 1, 1, 'hello', UTC_TIMESTAMP(6) FROM apps WHERE token = ?""");
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/chats",
        "/chats?order=desc",
        "/chats/1",
        "/chats/1/messages",
        "/chats/1/messages?order=desc",
        "/chats/1/messages?deleted=omit",
        "/chats/1/messages/1",
        "/chats/1/messages/1/changes",
        "/chats/1/changes",
      })
  void aStatementIsPreparedOnceAConnection(String route) {
    long before = prepared();

    for (int i = 0; i < READS; i++) {
      Http.get(url("/apps/" + app + route)).is(200);
    }

    // A route may have two statements.
    assertThat(prepared() - before).isLessThanOrEqualTo(2 * CONNECTIONS);
  }

  private static String url(String path) {
    return "http://127.0.0.1:" + api.getEnvironment().getProperty("local.server.port") + path;
  }

  private static void insert(String row) {
    assertThat(mysql.sql(row).param(app).update()).isOne();
  }

  private static long prepared() {
    return mysql
        .sql("SHOW GLOBAL STATUS LIKE 'Com_stmt_prepare'")
        .query((row, _) -> row.getLong(2))
        .single();
  }
}

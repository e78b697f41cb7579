package dev.tally.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.search.SearchLayout;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.TestServers;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the API does without one of its servers, and what its queries cost. */
class ApiIT {

  private static TestServers servers;
  private static ConfigurableApplicationContext api;
  private static String app = "";

  @BeforeAll
  static void start() {
    servers = TestServers.wiped();
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    api = ChatApi.start(arguments.toArray(String[]::new));
    app = Http.postJson(url("/apps"), "{\"name\":\"Acme\"}").is(201).text("token");
    JdbcClient mysql = JdbcClient.create(servers.dataSource());
    long id = mysql.sql("SELECT id FROM apps").query(Long.class).single();
    mysql
        .sql(
            "INSERT INTO chats (app_id, number, messages_count, created_at, lost_at)"
                + " VALUES (?, 1, 500, UTC_TIMESTAMP(6), NULL)")
        .param(id)
        .update();
    for (int number = 1; number <= 500; number++) {
      mysql
          .sql(
              "INSERT INTO messages (app_id, chat_number, number, body, created_at, lost_at)"
                  + " VALUES (?, 1, ?, 'x', UTC_TIMESTAMP(6), NULL)")
          .params(id, number)
          .update();
    }
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @Test
  void withoutMySqlEveryReadIsUnavailableForNow() {
    Server mariaDb = servers.killable(ServerKind.MARIADB);
    mariaDb.kill();
    try {
      for (String route :
          List.of(
              "/apps",
              "/apps/%s",
              "/apps/%s/chats",
              "/apps/%s/chats/1",
              "/apps/%s/chats/1/messages",
              "/apps/%s/chats/1/messages/1",
              "/apps/%s/chats/1/search?q=x")) {
        assertUnavailable(get(route.formatted(app)));
      }
      Http.postJson(url("/apps"), "{\"name\":\"x\"}").is(503);
      get("/actuator/health/readiness").is(503);
      get("/actuator/health/liveness").is(200);
    } finally {
      mariaDb.start();
    }
    await().atMost(Duration.ofMinutes(1)).until(() -> get("/apps/" + app).status() == 200);
  }

  @Test
  void readingNeedsNoRedis() {
    Server redis = servers.killable(ServerKind.REDIS);
    redis.kill();
    try {
      get("/apps/" + app + "/chats/1/messages/7").is(200);
      get("/apps/" + app + "/chats/2").isProblem(404, "chat-not-found", "Chat not found");
      get("/actuator/health/readiness").is(200);
    } finally {
      redis.start();
    }
  }

  @Test
  void onlySearchNeedsElasticsearch() {
    Server elasticsearch = servers.killable(ServerKind.ELASTICSEARCH);
    JdbcClient mysql = api.getBean(JdbcClient.class);
    mysql
        .sql("INSERT INTO search_indexes (name, role, layout) VALUES ('index', 'LIVE', ?)")
        .param(SearchLayout.VERSION)
        .update();
    elasticsearch.kill();
    try {
      get("/apps/" + app + "/chats/1").is(200);
      assertUnavailable(get("/apps/" + app + "/chats/1/search?q=x"));
      get("/actuator/health/readiness").is(200);
    } finally {
      mysql.sql("DELETE FROM search_indexes").update();
      elasticsearch.start();
    }
  }

  @Test
  void aSearchBeforeAnythingWasIndexedFindsNothing() {
    assertThat(get("/apps/" + app + "/chats/1/search?q=x").is(200).body()).isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ASC", "DESC"})
  void aPageReadsNoMoreRowsThanItShows(String order) {
    JdbcClient mysql = api.getBean(JdbcClient.class);

    String plan =
        mysql
            .sql(
                // The newest MySQL prints a tree by default.
                "EXPLAIN FORMAT=TRADITIONAL SELECT m.number, m.body"
                    + " FROM messages m JOIN apps a ON a.id = m.app_id"
                    + " WHERE a.token = ? AND m.chat_number = 1"
                    + " AND m.number > 400 AND m.number < 9223372036854775807"
                    + " ORDER BY m.number "
                    + order
                    + " LIMIT 11")
            .param(app)
            .query()
            .listOfRows()
            .toString();

    assertThat(plan)
        .contains("type=const")
        .contains("type=range")
        .contains("key=PRIMARY")
        .doesNotContain("filesort");
  }

  private static void assertUnavailable(Http.Answer answer) {
    answer.isProblem(503, "unavailable", "Service unavailable");
    assertThat(answer.header("Retry-After")).hasValue("1");
  }

  private static Http.Answer get(String path) {
    return Http.get(url(path));
  }

  private static String url(String path) {
    String port = api.getEnvironment().getRequiredProperty("local.server.port");
    return "http://127.0.0.1:" + port + path;
  }
}

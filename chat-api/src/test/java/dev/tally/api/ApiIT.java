package dev.tally.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.TestServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What the API does without one of its servers, and what its queries cost. */
class ApiIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

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
    String created = send("POST", "/apps", "{\"name\":\"Acme\"}").body();
    app = created.replaceAll(".*\"token\":\"([0-9a-f]+)\".*", "$1");
    JdbcClient mysql =
        JdbcClient.create(
            new DriverManagerDataSource(
                servers.mysqlUrl(), servers.mysqlUser(), servers.mysqlPassword()));
    long id = mysql.sql("SELECT id FROM apps").query(Long.class).single();
    mysql.sql("INSERT INTO chats VALUES (?, 1, 500, UTC_TIMESTAMP(6))").param(id).update();
    for (int number = 1; number <= 500; number++) {
      mysql
          .sql("INSERT INTO messages VALUES (?, 1, ?, 'x', UTC_TIMESTAMP(6))")
          .params(id, number)
          .update();
    }
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/apps",
        "/apps/%s",
        "/apps/%s/chats",
        "/apps/%s/chats/1",
        "/apps/%s/chats/1/messages",
        "/apps/%s/chats/1/messages/1",
        "/apps/%s/chats/1/search?q=x"
      })
  void withoutMySqlEveryReadIsUnavailableForNow(String route) {
    Server mariaDb = servers.killable(ServerKind.MARIADB);
    mariaDb.kill();
    try {
      HttpResponse<String> answer = send("GET", route.formatted(app), null);

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
      assertThat(answer.body()).contains("urn:tally:problem:unavailable");
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(send("POST", "/apps", "{\"name\":\"x\"}").statusCode()).isEqualTo(503);
      assertThat(send("GET", "/actuator/health/readiness", null).statusCode()).isEqualTo(503);
      assertThat(send("GET", "/actuator/health/liveness", null).statusCode()).isEqualTo(200);
    } finally {
      mariaDb.start();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> send("GET", "/apps/" + app, null).statusCode() == 200);
  }

  @Test
  void aMessageThatHasBeenReadIsReadWithoutMySql() {
    String route = "/apps/" + app + "/chats/1/messages/9";
    HttpResponse<String> read = send("GET", route, null);
    assertThat(read.statusCode()).isEqualTo(200);
    Server mariaDb = servers.killable(ServerKind.MARIADB);
    mariaDb.kill();
    try {
      HttpResponse<String> again = send("GET", route, null);

      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(again.body()).isEqualTo(read.body());
    } finally {
      mariaDb.start();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> send("GET", "/apps/" + app, null).statusCode() == 200);
  }

  @Test
  void readingNeedsNoRedis() {
    Server redis = servers.killable(ServerKind.REDIS);
    redis.kill();
    try {
      assertThat(send("GET", "/apps/" + app + "/chats/1/messages/7", null).statusCode())
          .isEqualTo(200);
      HttpResponse<String> missing = send("GET", "/apps/" + app + "/chats/2", null);
      assertThat(missing.statusCode()).isEqualTo(404);
      assertThat(missing.body()).contains("urn:tally:problem:chat-not-found");
      assertThat(send("GET", "/actuator/health/readiness", null).statusCode()).isEqualTo(200);
    } finally {
      redis.start();
    }
  }

  @Test
  void onlySearchNeedsElasticsearch() {
    Server elasticsearch = servers.killable(ServerKind.ELASTICSEARCH);
    elasticsearch.kill();
    try {
      assertThat(send("GET", "/apps/" + app + "/chats/1", null).statusCode()).isEqualTo(200);
      HttpResponse<String> search = send("GET", "/apps/" + app + "/chats/1/search?q=x", null);
      assertThat(search.statusCode()).isEqualTo(503);
      assertThat(search.body()).contains("urn:tally:problem:unavailable");
      assertThat(search.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(send("GET", "/actuator/health/readiness", null).statusCode()).isEqualTo(200);
    } finally {
      elasticsearch.start();
    }
  }

  @Test
  void aSearchBeforeAnythingWasIndexedFindsNothing() {
    HttpResponse<String> search = send("GET", "/apps/" + app + "/chats/1/search?q=x", null);

    assertThat(search.statusCode()).isEqualTo(200);
    assertThat(search.body()).isEqualTo("[]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ASC", "DESC"})
  void aPageReadsNoMoreRowsThanItShows(String order) {
    JdbcClient mysql = api.getBean(JdbcClient.class);

    String plan =
        mysql
            .sql(
                // the newest MySQL prints a tree unless told
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

  private static HttpResponse<String> send(String method, String path, @Nullable String json) {
    String port = api.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                json == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(json));
    if (json != null) {
      request.header("Content-Type", "application/json");
    }
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

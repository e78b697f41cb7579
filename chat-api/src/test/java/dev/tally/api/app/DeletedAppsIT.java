package dev.tally.api.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.api.ChatApi;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.TestServers;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@code DELETE /apps/{token}}, and what the API says of an app after that. */
class DeletedAppsIT {

  private static TestServers servers;
  private static ConfigurableApplicationContext api;
  private static JdbcClient mysql;
  private static StringRedisTemplate redis;

  @BeforeAll
  static void start() {
    servers = TestServers.wiped();
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    api = ChatApi.start(arguments.toArray(String[]::new));
    mysql = JdbcClient.create(servers.dataSource());
    redis = api.getBean(StringRedisTemplate.class);
  }

  @AfterAll
  static void stop() {
    api.close();
  }

  /** An app with a chat, a message and a change, which Redis knows. */
  private static String app() {
    String app = Http.postJson(url("/apps"), "{\"name\":\"Acme\"}").is(201).text("token");
    long id =
        mysql.sql("SELECT id FROM apps WHERE token = ?").param(app).query(Long.class).single();
    mysql
        .sql(
            "INSERT INTO chats (app_id, number, messages_count, created_at)"
                + " VALUES (?, 1, 1, UTC_TIMESTAMP(6))")
        .param(id)
        .update();
    mysql
        .sql(
            "INSERT INTO messages (app_id, chat_number, number, body, created_at)"
                + " VALUES (?, 1, 1, 'secret', UTC_TIMESTAMP(6))")
        .param(id)
        .update();
    mysql
        .sql(
            """
            INSERT INTO changes (app_id, chat_number, number, message_number, kind, effect, body,
                                 fingerprint, created_at)
            VALUES (?, 1, 1, 1, 'edit', 'applied', 'secret', '', UTC_TIMESTAMP(6))\
            """)
        .param(id)
        .update();
    redis.opsForHash().putAll(counter(app), Map.of("numbers", "1", "access", "open"));
    return app;
  }

  private static String counter(String app) {
    PartitionKeys keys = api.getBean(RedisLayout.class).partitions().of(new AppToken(app));
    return keys.chats(new AppToken(app));
  }

  private static Http.Answer delete(String app) {
    return Http.send(Http.request(url("/apps/" + app)).DELETE());
  }

  private static List<String> erasures(String app) {
    return mysql
        .sql(
            """
            SELECT CONCAT(e.chat_number, e.author) FROM erasures e JOIN apps a ON a.id = e.app_id
            WHERE a.token = ?""")
        .param(app)
        .query((row, _) -> row.getString(1))
        .list();
  }

  @Test
  void everyReadOfADeletedAppIsGone() {
    String app = app();
    List<String> routes =
        List.of(
            "/apps/%s",
            "/apps/%s/chats",
            "/apps/%s/chats/1",
            "/apps/%s/chats/2",
            "/apps/%s/chats/1/changes",
            "/apps/%s/chats/1/messages",
            "/apps/%s/chats/1/messages?deleted=omit&order=desc",
            "/apps/%s/chats/1/messages/1",
            "/apps/%s/chats/1/messages/2",
            "/apps/%s/chats/1/messages/1/changes",
            "/apps/%s/chats/1/search?q=secret",
            "/apps/%s/chats/1/messages/search?q=secret",
            "/apps/%s/chats/1/messages/stream");

    delete(app).is(202);

    for (String route : routes) {
      Http.Answer answer = Http.get(url(route.formatted(app)));
      answer.isProblem(410, "app-deleted", "App deleted");
      assertThat(answer.body()).doesNotContain("secret");
    }
    Http.send(
            Http.json(url("/apps/" + app))
                .PUT(HttpRequest.BodyPublishers.ofString("{\"name\":\"Other\"}")))
        .isProblem(410, "app-deleted", "App deleted");
  }

  @Test
  void aDeletionMarksBothServersAndMayBeRepeated() {
    String app = app();

    String first = delete(app).is(202).text("deleted_at");

    assertThat(redis.opsForHash().entries(counter(app)))
        .isEqualTo(Map.of("numbers", "1", "access", "deleted"));
    assertThat(erasures(app)).containsExactly("0");
    assertThat(delete(app).is(202).text("deleted_at")).isEqualTo(first);
    assertThat(erasures(app)).containsExactly("0");
  }

  /** Whoever recovers it learns of the deletion. */
  @Test
  void aDeletionMakesNoCounter() {
    String app = app();
    redis.delete(counter(app));

    delete(app).is(202);

    assertThat(redis.hasKey(counter(app))).isFalse();
  }

  @Test
  void anAppThatDoesNotExistIsNotDeleted() {
    delete("ab".repeat(16)).isProblem(404, "app-not-found", "App not found");
    delete("x").is(404);
  }

  @Test
  void listsGoOnWithoutADeletedApp() {
    String one = app();
    String two = app();
    String three = app();
    delete(two).is(202);

    assertThat(Http.get(url("/apps?limit=100&after=" + one)).is(200).body())
        .contains(three)
        .doesNotContain(two);
    assertThat(Http.get(url("/apps?limit=100&after=" + two)).is(200).body()).contains(three);
  }

  @Test
  void withoutRedisTheClientIsToldToRepeat() {
    String app = app();
    Server server = servers.killable(ServerKind.REDIS);
    server.kill();
    try {
      Http.Answer answer = delete(app);

      answer.isProblem(503, "unavailable", "Service unavailable");
      assertThat(answer.text("detail")).endsWith("repeat the request.");
      assertThat(answer.header("Retry-After")).hasValue("1");
      Http.get(url("/apps/" + app)).is(410);
    } finally {
      server.start();
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .ignoreExceptions()
        .until(() -> redis.opsForHash().putIfAbsent(counter(app), "access", "open") != null);
    delete(app).is(202);
    assertThat(redis.opsForHash().get(counter(app), "access")).isEqualTo("deleted");
  }

  private static String url(String path) {
    String port = api.getEnvironment().getRequiredProperty("local.server.port");
    return "http://127.0.0.1:" + port + path;
  }
}

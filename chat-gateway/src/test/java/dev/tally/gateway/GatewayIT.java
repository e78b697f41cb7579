package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A whole gateway on real servers: which servers it needs, and how it continues after they lost
 * data.
 */
class GatewayIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Random RANDOM = new Random();

  private static TestServers servers;
  private static JdbcClient mysql;
  private static ConfigurableApplicationContext gateway;
  private static StringRedisTemplate redis;

  @BeforeAll
  static void start() {
    servers = TestServers.wiped();
    DriverManagerDataSource database =
        new DriverManagerDataSource(
            servers.mysqlUrl(), servers.mysqlUser(), servers.mysqlPassword());
    Flyway.configure().dataSource(database).load().migrate();
    mysql = JdbcClient.create(database);
    gateway = gateway();
    redis = gateway.getBean(StringRedisTemplate.class);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static ConfigurableApplicationContext gateway(String... more) {
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of(
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--logging.level.root=WARN",
            "--management.metrics.use-global-registry=false"));
    arguments.addAll(Arrays.asList(more));
    return ChatGateway.start(arguments.toArray(String[]::new));
  }

  @Test
  void aNewAppStartsAtOne() {
    String app = app(0);

    assertThat(post(gateway, "/apps/" + app + "/chats", null).body())
        .isEqualTo("{\"chat_number\":1}");
    assertThat(say(gateway, app, 1, "hi").body()).isEqualTo("{\"message_number\":1}");
  }

  @Test
  void numberingContinuesAfterTheHighestNumberInMySql() {
    String app = app(3);
    message(app, 2, 5);

    assertThat(say(gateway, app, 2, "next").body()).isEqualTo("{\"message_number\":6}");
    assertThat(say(gateway, app, 1, "first").body()).isEqualTo("{\"message_number\":1}");
    assertThat(post(gateway, "/apps/" + app + "/chats", null).body())
        .isEqualTo("{\"chat_number\":4}");
    assertThat(say(gateway, app, 5, "nowhere").statusCode()).isEqualTo(404);
  }

  @Test
  void countersThatRedisHasLostAreRecovered() {
    String app = app(2);
    message(app, 1, 8);
    assertThat(say(gateway, app, 1, "x").body()).isEqualTo("{\"message_number\":9}");
    PartitionKeys keys = new Partitions(16).of(new AppToken(app));

    double lostBefore = countersLost();
    redis.delete(
        List.of(keys.chats(new AppToken(app)), keys.messages(new ChatName(new AppToken(app), 1))));

    assertThat(say(gateway, app, 1, "x").body()).isEqualTo("{\"message_number\":9}");
    assertThat(post(gateway, "/apps/" + app + "/chats", null).body())
        .isEqualTo("{\"chat_number\":3}");
    assertThat(countersLost() - lostBefore).isEqualTo(2);
  }

  @Test
  void aNewAppHasLostNoCounter() {
    String app = app(0);
    double lostBefore = countersLost();

    post(gateway, "/apps/" + app + "/chats", null);
    say(gateway, app, 1, "hi");

    assertThat(countersLost()).isEqualTo(lostBefore);
  }

  private static double countersLost() {
    return gateway.getBean(MeterRegistry.class).counter("tally.counters.lost").count();
  }

  @Test
  void jobsLieInTheQueueInTheOrderOfTheirNumbers() throws Exception {
    String app = app(0);
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    PartitionKeys keys = new Partitions(16).of(new AppToken(app));
    long before = redis.opsForList().size(keys.jobs());

    post(gateway, "/apps/" + app + "/chats", null, "traceparent", trace);
    say(gateway, app, 1, "one");
    say(gateway, app, 1, "two \"}");

    JobCodec codec = new JobCodec();
    List<Job> jobs = new ArrayList<>();
    for (String text : redis.opsForList().range(keys.jobs(), before, -1)) {
      jobs.add(codec.decode(text));
    }
    assertThat(jobs).hasSize(3);
    assertThat(jobs.get(0)).isInstanceOf(Job.NewChat.class);
    assertThat(jobs.get(0).traceparent()).isEqualTo(trace);
    assertThat(((Job.NewMessage) jobs.get(1)).message().number()).isEqualTo(1);
    assertThat(((Job.NewMessage) jobs.get(2)).message().number()).isEqualTo(2);
    assertThat(((Job.NewMessage) jobs.get(2)).body()).isEqualTo("two \"}");
  }

  @Test
  void aFullQueueRefusesAndTakesNoNumber() {
    String app = app(0);
    PartitionKeys keys = new Partitions(16).of(new AppToken(app));
    long limit = redis.opsForList().size(keys.jobs()) + 3;
    try (ConfigurableApplicationContext small = gateway("--tally.gateway.queue-limit=" + limit)) {
      post(small, "/apps/" + app + "/chats", null);
      say(small, app, 1, "one");
      say(small, app, 1, "two");

      HttpResponse<String> refused = say(small, app, 1, "three");

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("urn:tally:problem:queue-full");
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
    }
    assertThat(say(gateway, app, 1, "three").body()).isEqualTo("{\"message_number\":3}");
  }

  @Test
  void anAppAboveItsRateLimitHasToWait() {
    String app = app(1);
    try (ConfigurableApplicationContext limited =
        gateway("--tally.gateway.rate-limit.per-second=1", "--tally.gateway.rate-limit.burst=2")) {
      assertThat(say(limited, app, 1, "one").statusCode()).isEqualTo(201);
      assertThat(say(limited, app, 1, "two").statusCode()).isEqualTo(201);

      HttpResponse<String> refused = say(limited, app, 1, "three");

      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.body()).contains("urn:tally:problem:rate-limited");
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      String other = app(1);
      assertThat(say(limited, other, 1, "elsewhere").statusCode()).isEqualTo(201);
    }
  }

  @Test
  void anotherNumberOfPartitionsIsRefused() {
    assertThatThrownBy(() -> gateway("--tally.partitions=8").close())
        .rootCause()
        .hasMessageContaining("TALLY_PARTITIONS=16");
  }

  @Test
  void writesGoOnWithoutMySql() {
    Server mariaDb = servers.killable(ServerKind.MARIADB);
    String app = app(0);
    post(gateway, "/apps/" + app + "/chats", null);
    mariaDb.kill();
    try {
      assertThat(say(gateway, app, 1, "while MySQL is away").statusCode()).isEqualTo(201);
      assertThat(get(gateway, "/actuator/health/readiness").statusCode()).isEqualTo(200);

      HttpResponse<String> unknown = post(gateway, "/apps/" + "ab".repeat(16) + "/chats", null);

      assertThat(unknown.statusCode()).isEqualTo(503);
      assertThat(unknown.body()).contains("urn:tally:problem:unavailable");
      assertThat(unknown.headers().firstValue("Retry-After")).hasValue("1");
      try (ConfigurableApplicationContext started = gateway()) {
        assertThat(say(started, app, 1, "from a gateway just started").statusCode()).isEqualTo(201);
      }
    } finally {
      mariaDb.start();
    }
    assertThat(post(gateway, "/apps/" + "ab".repeat(16) + "/chats", null).statusCode())
        .isEqualTo(404);
  }

  @Test
  void withoutRedisWritesAreRefusedAndNumberingGoesOnAfterwards() {
    Server server = servers.killable(ServerKind.REDIS);
    String app = app(0);
    post(gateway, "/apps/" + app + "/chats", null);
    assertThat(say(gateway, app, 1, "before").body()).isEqualTo("{\"message_number\":1}");
    server.kill();
    try {
      HttpResponse<String> refused = say(gateway, app, 1, "meanwhile");

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("urn:tally:problem:unavailable");
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(get(gateway, "/actuator/health/readiness").statusCode()).isEqualTo(503);
      assertThat(get(gateway, "/actuator/health/liveness").statusCode()).isEqualTo(200);
    } finally {
      server.start();
    }
    await().until(() -> get(gateway, "/actuator/health/readiness").statusCode() == 200);
    assertThat(say(gateway, app, 1, "after").body()).isEqualTo("{\"message_number\":2}");
  }

  @Test
  void metricsCountAcceptedAndRefusedWrites() {
    String app = app(1);
    say(gateway, app, 1, "hi");
    say(gateway, app, 1, "");

    String metrics = get(gateway, "/actuator/prometheus").body();

    assertThat(metrics).containsPattern("tally_accepted_total\\{.*kind=\"message\".*} [1-9]");
    assertThat(metrics)
        .containsPattern("tally_rejected_total\\{.*reason=\"invalid-field\".*} [1-9]");
  }

  /** Inserts an app with chats into MySQL; Redis does not know them. */
  private static String app(int chats) {
    byte[] token = new byte[16];
    RANDOM.nextBytes(token);
    String text = HexFormat.of().formatHex(token);
    mysql
        .sql(
            "INSERT INTO apps (token, name, chats_count, created_at, updated_at)"
                + " VALUES (?, 'Acme', ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
        .params(text, chats)
        .update();
    for (int number = 1; number <= chats; number++) {
      mysql
          .sql(
              "INSERT INTO chats (app_id, number, created_at)"
                  + " SELECT id, ?, UTC_TIMESTAMP(6) FROM apps WHERE token = ?")
          .params(number, text)
          .update();
    }
    return text;
  }

  private static void message(String app, int chat, int number) {
    mysql
        .sql(
            "INSERT INTO messages (app_id, chat_number, number, body, created_at)"
                + " SELECT id, ?, ?, 'x', UTC_TIMESTAMP(6) FROM apps WHERE token = ?")
        .params(chat, number, app)
        .update();
  }

  private static HttpResponse<String> say(
      ConfigurableApplicationContext to, String app, int chat, String body) {
    return post(
        to,
        "/apps/%s/chats/%d/messages".formatted(app, chat),
        "{\"body\":\"%s\"}".formatted(body.replace("\"", "\\\"")));
  }

  private static HttpResponse<String> post(
      ConfigurableApplicationContext to, String path, @Nullable String json, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(to, path))
            .POST(
                json == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(json));
    if (json != null) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request);
  }

  private static HttpResponse<String> get(ConfigurableApplicationContext from, String path) {
    return send(HttpRequest.newBuilder(uri(from, path)));
  }

  private static URI uri(ConfigurableApplicationContext service, String path) {
    String port = service.getEnvironment().getRequiredProperty("local.server.port");
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
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

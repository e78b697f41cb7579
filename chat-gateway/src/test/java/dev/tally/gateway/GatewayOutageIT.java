package dev.tally.gateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What a gateway does without one of its servers. */
class GatewayOutageIT {

  /** Logs what a scheduled task throws. */
  private static final Logger SCHEDULER =
      (Logger) LoggerFactory.getLogger("org.springframework.scheduling.support.TaskUtils");

  private static GatewayFixture fixture;
  private static ConfigurableApplicationContext gateway;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture();
    gateway = fixture.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void writesGoOnWithoutMySql() {
    Server mariaDb = fixture.servers().killable(ServerKind.MARIADB);
    String app = fixture.app(0);
    fixture.post(gateway, "/apps/" + app + "/chats");
    mariaDb.kill();
    try {
      fixture.say(gateway, app, 1, "while MySQL is away").is(201);
      String message = "/apps/" + app + "/chats/1/messages/";
      assertThat(fixture.change(gateway, "DELETE", message + 1, null).body())
          .isEqualTo("{\"message_number\":1,\"change_number\":1}");
      fixture.change(gateway, "DELETE", message + 2, null).is(404);
      fixture.get(gateway, "/actuator/health/readiness").is(200);

      Http.Answer unknown = fixture.post(gateway, "/apps/" + "ab".repeat(16) + "/chats");

      unknown.isProblem(503, "unavailable", "Service unavailable");
      assertThat(unknown.header("Retry-After")).hasValue("1");
      try (ConfigurableApplicationContext started = fixture.start()) {
        fixture.say(started, app, 1, "from a gateway just started").is(201);
      }
    } finally {
      mariaDb.start();
    }
    fixture.post(gateway, "/apps/" + "ab".repeat(16) + "/chats").is(404);
  }

  @Test
  void withoutRedisWritesAreRefusedAndNumberingGoesOnAfterwards() {
    Server server = fixture.servers().killable(ServerKind.REDIS);
    String app = fixture.app(0);
    fixture.post(gateway, "/apps/" + app + "/chats");
    assertThat(fixture.say(gateway, app, 1, "before").body()).isEqualTo("{\"message_number\":1}");
    server.kill();
    try {
      Http.Answer refused = fixture.say(gateway, app, 1, "meanwhile");

      refused.isProblem(503, "unavailable", "Service unavailable");
      assertThat(refused.header("Retry-After")).hasValue("1");
      fixture.get(gateway, "/actuator/health/readiness").is(503);
      fixture.get(gateway, "/actuator/health/liveness").is(200);
    } finally {
      server.start();
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> fixture.get(gateway, "/actuator/health/readiness").status() == 200);
    assertThat(fixture.say(gateway, app, 1, "after").body()).isEqualTo("{\"message_number\":2}");
  }

  @Test
  void aRedisThatTurnsOutToHaveAnotherLayoutIsRefused() {
    String app = fixture.app(1);
    StringRedisTemplate redis = gateway.getBean(StringRedisTemplate.class);
    String layout = requireNonNull(redis.opsForValue().getAndSet("tally:layout", "99"));
    Server server = fixture.servers().killable(ServerKind.REDIS);
    server.kill();
    ConfigurableApplicationContext started;
    try {
      started = fixture.start();
    } finally {
      server.start();
    }
    ListAppender<ILoggingEvent> unexpected = new ListAppender<>();
    unexpected.start();
    SCHEDULER.addAppender(unexpected);
    try (started) {
      await().atMost(Duration.ofMinutes(1)).until(() -> isRefused(started));

      fixture.say(started, app, 1, "refused").isProblem(503, "unavailable", "Service unavailable");
      fixture.get(started, "/actuator/health/readiness").is(503);

      started.getBean(StringRedisTemplate.class).opsForValue().set("tally:layout", layout);
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> fixture.get(started, "/actuator/health/readiness").status() == 200);
      fixture.say(started, app, 1, "accepted").is(201);
    } finally {
      SCHEDULER.detachAppender(unexpected);
    }
    assertThat(unexpected.list).isEmpty();
  }

  private static boolean isRefused(ConfigurableApplicationContext by) {
    return fixture
        .get(by, "/actuator/prometheus")
        .body()
        .lines()
        .anyMatch(line -> line.startsWith("tally_redis_refused") && line.endsWith(" 1.0"));
  }
}

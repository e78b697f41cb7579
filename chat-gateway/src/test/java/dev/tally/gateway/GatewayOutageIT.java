package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What a gateway does without one of its servers. */
class GatewayOutageIT {

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
}

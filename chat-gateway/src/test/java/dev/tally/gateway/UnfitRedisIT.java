package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.common.startup.IncompatibleDataException;
import dev.tally.testkit.http.Http;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** A Redis that does not keep what it takes, or does not say whether it does. */
class UnfitRedisIT {

  private static final Duration PATIENCE = Duration.ofMinutes(1);

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

  @AfterEach
  void restore() {
    tell("CONFIG", "SET", "maxmemory-policy", "noeviction");
    tell("ACL", "SETUSER", "limited", "reset");
    fixture.servers().redisMaxMemory(0);
  }

  @Test
  void aRunningGatewayRefusesWritesUntilRedisIsFitAgain() {
    String app = fixture.app(1);
    fixture.say(gateway, app, 1, "before").is(201);

    fixture.servers().redisMaxMemory(1L << 30);
    tell("CONFIG", "SET", "maxmemory-policy", "volatile-lru");

    await()
        .atMost(PATIENCE)
        .until(() -> fixture.get(gateway, "/actuator/health/readiness").status() == 503);
    Http.Answer refused = fixture.say(gateway, app, 1, "meanwhile");
    refused.isProblem(503, "unavailable", "Service unavailable");
    assertThat(refused.header("Retry-After")).hasValue("1");
    fixture.get(gateway, "/actuator/health/liveness").is(200);
    assertThat(fixture.get(gateway, "/actuator/prometheus").body())
        .containsPattern("tally_redis_refused(\\{.*})? 1");

    tell("CONFIG", "SET", "maxmemory-policy", "noeviction");

    await()
        .atMost(PATIENCE)
        .until(() -> fixture.get(gateway, "/actuator/health/readiness").status() == 200);
    assertThat(fixture.say(gateway, app, 1, "after").body()).isEqualTo("{\"message_number\":2}");
  }

  @Test
  void aGatewayDoesNotStart() {
    fixture.servers().redisMaxMemory(1L << 30);
    tell("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");

    assertThatThrownBy(() -> fixture.start().close())
        .rootCause()
        .isInstanceOf(IncompatibleDataException.class)
        .hasMessageContaining("set its maxmemory-policy to noeviction");
  }

  @Test
  void withoutTheRightToAskTheGatewayWorks() {
    tell("ACL", "SETUSER", "limited", "on", ">secret", "~*", "&*", "+@all", "-info");
    URI url = URI.create(gateway.getEnvironment().getRequiredProperty("spring.data.redis.url"));
    String app = fixture.app(1);
    try (ConfigurableApplicationContext limited =
        fixture.start(
            "--spring.data.redis.url=redis://limited:secret@%s:%d"
                .formatted(url.getHost(), url.getPort()))) {
      fixture.say(limited, app, 1, "hi").is(201);
      fixture.get(limited, "/actuator/health/readiness").is(200);
      assertThat(fixture.get(limited, "/actuator/prometheus").body())
          .containsPattern("tally_redis_unchecked(\\{.*})? 1");
    }
  }

  private static void tell(String command, String... arguments) {
    byte[][] bytes = new byte[arguments.length][];
    for (int i = 0; i < arguments.length; i++) {
      bytes[i] = arguments[i].getBytes(StandardCharsets.US_ASCII);
    }
    gateway
        .getBean(StringRedisTemplate.class)
        .execute((RedisCallback<?>) connection -> connection.execute(command, bytes));
  }
}

package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.testkit.http.Http;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** A gateway that keeps few idempotency records of an app. */
class IdempotencyLimitsIT {

  private static final String KEY = "Idempotency-Key";

  private final GatewayFixture fixture = new GatewayFixture();

  @Test
  void anAppWithTooManyKeysWritesWithoutOneOrRepeats() {
    try (ConfigurableApplicationContext gateway =
        fixture.start("--TALLY_IDEMPOTENCY_RECORDS_PER_APP=2", "--TALLY_IDEMPOTENCY_LIFE=2h")) {
      String chats = "/apps/" + fixture.app(0) + "/chats";
      assertThat(fixture.post(gateway, chats, KEY, "a").body()).isEqualTo("{\"chat_number\":1}");
      assertThat(fixture.post(gateway, chats, KEY, "b").body()).isEqualTo("{\"chat_number\":2}");

      Http.Answer refused = fixture.post(gateway, chats, KEY, "c");
      refused.isProblem(429, "too-many-idempotency-keys", "Too many idempotency keys");
      assertThat(refused.text("detail")).contains("write without an Idempotency-Key, or wait");
      assertThat(refused.header("Retry-After").map(Long::valueOf))
          .hasValueSatisfying(
              seconds ->
                  assertThat(Duration.ofSeconds(seconds))
                      .isBetween(Duration.ofHours(2).minusMinutes(1), Duration.ofHours(4)));

      assertThat(fixture.post(gateway, chats, KEY, "b").body()).isEqualTo("{\"chat_number\":2}");
      assertThat(fixture.post(gateway, chats).body()).isEqualTo("{\"chat_number\":3}");
      String neighbours = "/apps/" + fixture.app(0) + "/chats";
      assertThat(fixture.post(gateway, neighbours, KEY, "c").body())
          .isEqualTo("{\"chat_number\":1}");
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(fixture.get(gateway, "/actuator/prometheus").body())
                      .containsPattern("tally_idempotency_records(\\{.*})? 3")
                      .containsPattern(
                          "tally_rejected_total\\{.*reason=\"too-many-idempotency-keys\".*} 1"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--TALLY_IDEMPOTENCY_LIFE=59s",
        "--TALLY_IDEMPOTENCY_LIFE=31d",
        "--TALLY_IDEMPOTENCY_RECORDS_PER_APP=-1"
      })
  void aLimitOutOfBoundsIsRefused(String setting) {
    assertThatThrownBy(() -> fixture.start(setting).close())
        .hasStackTraceContaining("IdempotencyLimits");
  }
}

package dev.tally.common.accept.replica;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

class WaitPropertiesTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final WaitProperties ON = new WaitProperties(1, SECOND);

  @Test
  void redisWaitsForAShorterTimeThanTheService() {
    assertThatCode(() -> ON.requireFor(false, SECOND.plusMillis(1))).doesNotThrowAnyException();
    assertThatThrownBy(() -> ON.requireFor(false, SECOND))
        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
        .hasMessageContaining("tally.redis.wait.timeout")
        .hasMessageContaining("set TALLY_WAIT_TIMEOUT to less");
  }

  @Test
  void aClusterIsRefused() {
    assertThatThrownBy(() -> ON.requireFor(true, SECOND.plusMillis(1)))
        .isInstanceOf(InvalidConfigurationPropertyValueException.class)
        .hasMessageContaining("set TALLY_WAIT_FOR_REPLICAS to 0");
  }

  @Test
  void whatIsOffGoesWithEverything() {
    WaitProperties off = new WaitProperties(0, SECOND);
    assertThatCode(() -> off.requireFor(true, SECOND)).doesNotThrowAnyException();
  }
}

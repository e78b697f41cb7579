package dev.tally.common.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisClientConfigurationTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 10, 1_000, 1_000_000})
  void redisIsLookedForEverySecondHoweverLongItIsAway(long attempt) {
    ClientResources.Builder resources = ClientResources.builder();
    new RedisClientConfiguration().reconnectSoon().customize(resources);
    ClientResources built = resources.build();
    try {
      assertThat(built.reconnectDelay().createDelay(attempt))
          .isPositive()
          .isLessThanOrEqualTo(Duration.ofSeconds(1));
    } finally {
      built.shutdown().syncUninterruptibly();
    }
  }
}

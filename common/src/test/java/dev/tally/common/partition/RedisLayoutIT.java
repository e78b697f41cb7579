package dev.tally.common.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.common.startup.IncompatibleDataException;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.testkit.TestServers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

class RedisLayoutIT {

  private TestServers servers;
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;

  @BeforeEach
  void connect() {
    servers = TestServers.wiped();
    connections = servers.redis(Duration.ofSeconds(1));
    redis = new StringRedisTemplate(connections);
  }

  @AfterEach
  void disconnect() {
    connections.destroy();
  }

  @Test
  void theFirstServiceRecordsLayoutAndPartitions() {
    layout(8).afterPropertiesSet();

    assertThat(redis.opsForValue().get("tally:layout")).isEqualTo(RedisLayout.VERSION);
    assertThat(redis.opsForValue().get("tally:partitions")).isEqualTo("8");
    assertThat(layout(8).partitions()).isEqualTo(new Partitions(8));
  }

  @Test
  void anotherNumberOfPartitionsIsRefused() {
    layout(8).afterPropertiesSet();

    assertThatThrownBy(layout(16)::afterPropertiesSet)
        .isInstanceOf(IncompatibleDataException.class)
        .hasMessage(
            "configured with 16 partitions, but this deployment has 8: set TALLY_PARTITIONS=8");
  }

  @Test
  void aLayoutWithoutAVersionIsOfBefore() {
    redis.opsForValue().set("tally:partitions", "8");

    assertThatThrownBy(layout(8)::afterPropertiesSet)
        .isInstanceOf(IncompatibleDataException.class)
        .hasMessageStartingWith("Redis has its keys in layout 1, and this version of Tally reads");
    assertThat(redis.hasKey("tally:layout")).isFalse();
  }

  @Test
  void aLaterLayoutIsRefusedAndNothingIsWritten() {
    redis.opsForValue().set("tally:layout", "99");

    assertThatThrownBy(layout(8)::afterPropertiesSet)
        .isInstanceOf(IncompatibleDataException.class)
        .hasMessageContaining("layout 99")
        .hasMessageNotContaining("\n");
    assertThat(redis.hasKey("tally:partitions")).isFalse();
  }

  @Test
  void withoutRedisAtStartTheLayoutIsCheckedAtFirstUse() {
    redis.opsForValue().set("tally:layout", "99");
    RedisLayout layout = layout(8);
    Server server = servers.killable(ServerKind.REDIS);
    server.kill();
    try {
      assertThatCode(layout::afterPropertiesSet).doesNotThrowAnyException();
    } finally {
      server.start();
    }

    await()
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThatThrownBy(layout::partitions)
                    .isInstanceOf(IncompatibleDataException.class));
  }

  private RedisLayout layout(int partitions) {
    return new RedisLayout(redis, new Partitions(partitions), _ -> {});
  }
}

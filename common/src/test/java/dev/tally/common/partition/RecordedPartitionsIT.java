package dev.tally.common.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.startup.IncompatibleDataException;
import dev.tally.testkit.TestServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

class RecordedPartitionsIT {

  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private RecordedPartitions recorded;

  @BeforeEach
  void connect() {
    TestServers servers = TestServers.wiped();
    servers.migrate();
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    recorded = new RecordedPartitions(JdbcClient.create(servers.dataSource()));
  }

  @AfterEach
  void disconnect() {
    connections.destroy();
  }

  @Test
  void aRedisThatForgotTheNumberTakesNoOther() {
    assertThat(layout(16).partitions().count()).isEqualTo(16);
    try (RedisConnection connection = connections.getConnection()) {
      connection.serverCommands().flushDb();
    }

    assertThatThrownBy(() -> layout(32).partitions())
        .isInstanceOf(IncompatibleDataException.class)
        .hasMessageContaining("TALLY_PARTITIONS=16");
    assertThat(redis.hasKey(PartitionKeys.PARTITION_COUNT)).isFalse();
    assertThatCode(() -> layout(16).partitions()).doesNotThrowAnyException();
  }

  private RedisLayout layout(int partitions) {
    return new RedisLayout(redis, new Partitions(partitions), recorded::require);
  }
}

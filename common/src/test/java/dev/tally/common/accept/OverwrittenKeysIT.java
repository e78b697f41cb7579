package dev.tally.common.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.WrongTypeException;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Somebody has written to a key of a queue, so that it has another type. */
class OverwrittenKeysIT {

  private static final AppToken APP = new AppToken("0123456789abcdef0123456789abcdef");
  private static final Partitions PARTITIONS = new Partitions(16);
  private static final PartitionKeys KEYS = PARTITIONS.of(APP);
  private static final IdempotencyKey KEY = IdempotencyKey.of("key", List.of("request"));

  private LettuceConnectionFactory connections;
  private Pipeline pipeline;
  private StringRedisTemplate redis;
  private PartitionMemory partitions;
  private AcceptScript script;

  @BeforeEach
  void start() {
    TestServers servers = TestServers.wiped();
    servers.migrate();
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    pipeline = new Pipeline(connections, new WaitProperties(0, Duration.ofSeconds(1)));
    RedisLayout layout = new RedisLayout(redis, PARTITIONS, _ -> {});
    DataSource mysql = servers.dataSource();
    partitions =
        new PartitionMemory(
            new Epochs(
                redis,
                JdbcClient.create(mysql),
                new DataSourceTransactionManager(mysql),
                new SimpleMeterRegistry()));
    script =
        new AcceptScript(
            pipeline,
            redis,
            layout,
            _ -> QueueLimit.NONE,
            partitions,
            new IdempotencyLimits(Duration.ofDays(1), 0));
    redis
        .opsForHash()
        .putAll(
            KEYS.chats(APP),
            Map.of(PartitionKeys.NUMBERS, "0", PartitionKeys.ACCESS, PartitionKeys.OPEN));
  }

  @AfterEach
  void stop() {
    pipeline.destroy();
    connections.destroy();
  }

  @Test
  void theKeyIsNamedAndNothingIsAccepted() {
    List<String> keys = new ArrayList<>(List.of(KEYS.state(), KEYS.jobs(APP), KEYS.ring()));
    keys.addAll(KEYS.records(APP));
    for (String key : keys) {
      partitions.check(KEYS, partitions.checks(KEYS));
      redis.delete(key);
      redis.opsForZSet().add(key, "somebody", 1);

      assertThatThrownBy(this::accept)
          .isInstanceOf(WrongTypeException.class)
          .satisfies(e -> assertThat(LoggedFault.line(e)).contains("must be a"))
          .hasMessageContaining(key + " is a zset and must be a");

      assertThat(redis.opsForHash().get(KEYS.chats(APP), PartitionKeys.NUMBERS)).isEqualTo("0");
      redis.delete(key);
      assertThat(redis.hasKey(KEYS.jobs(APP))).isFalse();
    }
    partitions.check(KEYS, partitions.checks(KEYS));
    assertThat(accept())
        .isEqualTo(new Acceptance.Accepted(new NumberRange(1, 1), /* replayed= */ false));
    assertThat(redis.opsForList().range(KEYS.ring(), 0, -1)).containsExactly(APP.value());
  }

  private Acceptance accept() {
    return script.accept(new Parent.App(APP), List.of("{\"number\":"), 0, false, KEY);
  }
}

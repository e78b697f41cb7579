package dev.tally.common.epoch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** A partition in Redis and MySQL, with what a test says of it. */
abstract class EpochsFixture {

  static final PartitionKeys KEYS = new PartitionKeys(3);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  TestServers servers;
  private LettuceConnectionFactory connections;
  StringRedisTemplate redis;
  JdbcClient mysql;
  Epochs epochs;

  @BeforeEach
  void connect() {
    servers = TestServers.wiped();
    servers.migrate();
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    DataSource dataSource = servers.dataSource();
    mysql = JdbcClient.create(dataSource);
    epochs = new Epochs(redis, mysql, new DataSourceTransactionManager(dataSource), meters);
  }

  @AfterEach
  void disconnect() {
    connections.destroy();
  }

  final void redis(String run, long position, long acknowledged, long epoch, long jobs) {
    redis
        .opsForHash()
        .putAll(
            KEYS.state(),
            Map.of(
                "run", run,
                "position", Long.toString(position),
                "acknowledged", Long.toString(acknowledged),
                "epoch", Long.toString(epoch),
                "jobs", Long.toString(jobs)));
    if (epoch == 0) {
      redis.opsForHash().delete(KEYS.state(), "epoch");
    }
  }

  final void mysql(long epoch, long persisted, long seen) {
    mysql
        .sql(
            "INSERT INTO partition_positions (partition_number, epoch, persisted, seen)"
                + " VALUES (3, ?, ?, ?)")
        .param(epoch)
        .param(persisted)
        .param(seen)
        .update();
  }

  final void assertRaised(String fault, long epoch, long position, long acknowledged) {
    assertThat(state())
        .containsEntry("run", run())
        .containsEntry("epoch", Long.toString(epoch))
        .containsEntry("position", Long.toString(position))
        .containsEntry("acknowledged", Long.toString(acknowledged));
    assertThat(row().epoch()).isEqualTo(epoch);
    assertThat(row().seen()).isEqualTo(position);
    assertThat(row().persisted()).isGreaterThanOrEqualTo(acknowledged);
    assertThat(raised(fault)).isEqualTo(1);
  }

  final double raised(String fault) {
    return meters.get("tally.epochs.raised").tag("fault", fault).counter().count();
  }

  final Map<String, String> state() {
    Map<String, String> state = new HashMap<>();
    redis.<String, String>opsForHash().entries(KEYS.state()).forEach(state::put);
    return Collections.unmodifiableMap(state);
  }

  final PartitionRow row() {
    return new PartitionRows(mysql).read(3);
  }

  final String run() {
    try (RedisConnection connection = connections.getConnection()) {
      return requireNonNull(connection.serverCommands().info("server")).getProperty("run_id");
    }
  }
}

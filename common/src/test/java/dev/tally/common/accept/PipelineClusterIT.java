package dev.tally.common.accept;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.stack.RedisCluster;
import dev.tally.stack.Server;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Calls to a Redis Cluster that moves the slot of their keys. */
class PipelineClusterIT {

  private static final String BOTH =
      "return {redis.call('INCR', KEYS[1]), redis.call('INCR', KEYS[2])}";

  @TempDir private static Path folder;
  private static RedisCluster cluster;
  private static LettuceConnectionFactory connections;
  private static StringRedisTemplate redis;

  private Pipeline pipeline;

  @BeforeAll
  static void start() {
    cluster = RedisCluster.start(folder, 3);
    connections =
        new LettuceConnectionFactory(
            new RedisClusterConfiguration(List.of(cluster.addresses().split(","))));
    connections.afterPropertiesSet();
    connections.start();
    redis = new StringRedisTemplate(connections);
  }

  @AfterAll
  static void stop() {
    connections.destroy();
    cluster.close();
  }

  @BeforeEach
  void connect() {
    pipeline = new Pipeline(connections, new WaitProperties(0, Duration.ofSeconds(1)));
  }

  @AfterEach
  void disconnect() {
    pipeline.destroy();
  }

  @Test
  void aCallDuringTheMoveOfItsSlotIsAnsweredAfterwards() throws Exception {
    redis.opsForValue().set("{a}1", "10");
    redis.opsForValue().set("{a}2", "20");
    RedisCluster.SlotMove move = cluster.beginMove("{a}1");
    move.move("{a}1");
    long refusals = refusals(move.target());
    try (ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Object>> answer = caller.submit(() -> incrementBoth("a"));
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> answer.isDone() || refusals(move.target()) > refusals);
      move.end();

      assertThat(answer.get()).containsExactly(11L, 21L);
    }
  }

  @Test
  void aCallDuringALongMoveFailsAndHasDoneNothing() {
    redis.opsForValue().set("{b}1", "10");
    redis.opsForValue().set("{b}2", "20");
    RedisCluster.SlotMove move = cluster.beginMove("{b}1");
    move.move("{b}1");

    assertThatThrownBy(() -> incrementBoth("b"))
        .isInstanceOf(DataAccessException.class)
        .rootCause()
        .hasMessageStartingWith("TRYAGAIN");

    move.end();
    assertThat(incrementBoth("b")).containsExactly(11L, 21L);
  }

  private List<Object> incrementBoth(String tag) {
    return pipeline
        .call(
            CommandType.EVAL,
            new CommandArgs<>(ByteArrayCodec.INSTANCE)
                .add(BOTH)
                .add(2)
                .addKey("{%s}1".formatted(tag).getBytes(UTF_8))
                .addKey("{%s}2".formatted(tag).getBytes(UTF_8)))
        .values();
  }

  /** How often a node has answered TRYAGAIN. */
  private static long refusals(Server node) {
    LettuceConnectionFactory one = new LettuceConnectionFactory("127.0.0.1", node.port());
    one.afterPropertiesSet();
    one.start();
    try (RedisConnection connection = one.getConnection()) {
      Properties statistics = connection.serverCommands().info("errorstats");
      String refused = statistics.getProperty("errorstat_TRYAGAIN", "count=0");
      return Long.parseLong(refused.substring("count=".length()));
    } finally {
      one.destroy();
    }
  }
}

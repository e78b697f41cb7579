package dev.tally.worker.drain;

import static java.util.Objects.requireNonNull;

import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.redis.BytesRedisTemplate;
import dev.tally.common.redis.KeyScan;
import dev.tally.testkit.TestServers;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.GatewayQueue;
import dev.tally.worker.drain.queue.QueueScripts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The parts of a worker on test servers, which run only when a test calls them. Jobs are bytes;
 * here they are texts of one character a byte, which print and compare well.
 */
final class WorkerParts implements AutoCloseable {

  final TestServers servers = TestServers.wiped();
  final ConfigurableApplicationContext context = start(servers);
  final StringRedisTemplate redis = context.getBean(StringRedisTemplate.class);
  final BytesRedisTemplate bytes = context.getBean(BytesRedisTemplate.class);
  final KeyScan scan = context.getBean(KeyScan.class);
  final Epochs epochs = context.getBean(Epochs.class);
  final JdbcTemplate mysql = context.getBean(JdbcTemplate.class);
  final DeadLetters deadLetters = context.getBean(DeadLetters.class);

  private static ConfigurableApplicationContext start(TestServers servers) {
    List<String> arguments = new ArrayList<>(servers.arguments());
    // The drain logs each dead letter and each fault, and the tests cause many.
    arguments.add("--logging.level.dev.tally.worker.drain=OFF");
    return ChatWorker.forCommand(arguments.toArray(String[]::new));
  }

  QueueScripts scripts(DrainProperties properties) {
    return DrainConfiguration.queueScripts(
        bytes, scan, epochs, context.getBean(JdbcClient.class), properties);
  }

  /** Redis loses everything, and stays the same process. */
  void flushRedis() {
    try (RedisConnection connection =
        context.getBean(RedisConnectionFactory.class).getConnection()) {
      connection.serverCommands().flushDb();
    }
  }

  void wipeRedis() {
    flushRedis();
    // Otherwise MySQL would remember what Redis has lost.
    mysql.update("DELETE FROM partition_positions");
  }

  /** The run of this Redis. */
  String run() {
    try (RedisConnection connection =
        context.getBean(RedisConnectionFactory.class).getConnection()) {
      return requireNonNull(connection.serverCommands().info("server")).getProperty("run_id");
    }
  }

  void queue(PartitionKeys keys, AppToken app, List<String> jobs) {
    GatewayQueue.push(bytes, keys, app, jobs.stream().map(WorkerParts::bytes).toList());
  }

  void count(String counter, long number) {
    redis.opsForHash().put(counter, PartitionKeys.NUMBERS, Long.toString(number));
  }

  @Nullable Object counted(String counter) {
    return redis.opsForHash().get(counter, PartitionKeys.NUMBERS);
  }

  void countChanges(String counter, long number) {
    redis.opsForHash().put(counter, PartitionKeys.CHANGES, Long.toString(number));
  }

  @Nullable Object countedChanges(String counter) {
    return redis.opsForHash().get(counter, PartitionKeys.CHANGES);
  }

  /** The jobs of a list. */
  List<String> list(String key) {
    return texts(bytes.opsForList().range(key, 0, -1));
  }

  static List<String> texts(List<byte[]> jobs) {
    return jobs.stream().map(job -> new String(job, StandardCharsets.ISO_8859_1)).toList();
  }

  static byte[] bytes(String job) {
    return job.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The UTF-8 bytes of a text, one character each. */
  static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    context.close();
  }
}

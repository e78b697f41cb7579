package dev.tally.system.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.Partitions;
import dev.tally.stack.RedisCluster;
import dev.tally.stack.Server;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.JsonNode;

/**
 * No accepted write is lost or duplicated on a Redis Cluster of three nodes while a node is killed,
 * or slots move between nodes.
 */
class RedisClusterIT {

  private static final int APPS = 12;
  private static final int MESSAGES = 60;
  private static final int MOVES = 4;
  private static final Partitions PARTITIONS = new Partitions(16);

  @TempDir private static Path folder;

  private static RedisCluster cluster;
  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    cluster = RedisCluster.start(folder, 3);
    running = RunningTally.shared().another("--TALLY_REDIS_CLUSTER_NODES=" + cluster.addresses());
    tally = TallyClient.of(running);
  }

  @AfterAll
  static void stop() {
    running.close();
    cluster.close();
  }

  @Test
  void aKilledNodeLosesAndDuplicatesNothing() throws Exception {
    writesGoOnWhile(
        _ -> {
          Server node = cluster.nodes().get(1);
          node.kill();
          Thread.sleep(500);
          node.start();
        });
  }

  @Test
  void slotsThatMoveLoseAndDuplicateNothing() throws Exception {
    writesGoOnWhile(
        apps -> {
          for (String app : apps.subList(0, MOVES)) {
            ChatName chat = new ChatName(new AppToken(app), 1);
            String counter = PARTITIONS.of(chat.app()).messages(chat);
            RedisCluster.SlotMove move = cluster.beginMove(counter);
            move.move(counter);
            Thread.sleep(300);
            move.end();
          }
        });
  }

  /** Somebody deletes the rings of all partitions, so that no app has a turn. */
  @Test
  void deletedRingsLoseAndDuplicateNothing() throws Exception {
    LettuceConnectionFactory connections =
        new LettuceConnectionFactory(
            new RedisClusterConfiguration(List.of(cluster.addresses().split(","))));
    connections.afterPropertiesSet();
    connections.start();
    try {
      StringRedisTemplate redis = new StringRedisTemplate(connections);
      writesGoOnWhile(
          apps -> {
            for (int i = 0; i < 20; i++) {
              for (String app : apps) {
                redis.delete(PARTITIONS.of(new AppToken(app)).ring());
              }
              Thread.sleep(100);
            }
          });
    } finally {
      connections.destroy();
    }
  }

  @FunctionalInterface
  private interface Disturbance {
    void of(List<String> apps) throws Exception;
  }

  private static void writesGoOnWhile(Disturbance disturbance) throws Exception {
    List<String> apps = IntStream.range(0, APPS).mapToObj(_ -> tally.newApp()).toList();
    for (String app : apps) {
      assertThat(tally.newChat(app)).isEqualTo(1);
    }
    assertThat(cluster.nodes()).allSatisfy(node -> assertThat(keys(node)).isPositive());

    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (String app : apps) {
        all.add(clients.submit(() -> sayAll(app)));
      }
      disturbance.of(apps);
      for (Future<?> client : all) {
        client.get();
      }
    }

    for (String app : apps) {
      tally.awaitMessages(app, 1, MESSAGES);
      List<String> bodies = new ArrayList<>();
      for (JsonNode message : Http.get(tally.chatUrl(app, 1) + "/messages").is(200).json()) {
        bodies.add(message.path("body").asString());
      }
      assertThat(bodies)
          .isEqualTo(IntStream.rangeClosed(1, MESSAGES).mapToObj(i -> "message " + i).toList());
    }
  }

  /** Sends each message until it is accepted. It takes one number for all its attempts. */
  private static void sayAll(String app) {
    for (int i = 1; i <= MESSAGES; i++) {
      String json = "{\"body\":\"message %d\"}".formatted(i);
      String key = "message-" + i;
      await()
          .atMost(Duration.ofMinutes(1))
          .pollDelay(Duration.ZERO)
          .until(
              () -> Http.postJson(tally.messagesTo(app, 1), json, "Idempotency-Key", key),
              answer -> {
                if (answer.status() == 503) {
                  assertThat(answer.header("Retry-After")).isPresent();
                  return false;
                }
                assertThat(answer.is(201).number("message_number"))
                    .isEqualTo(Integer.parseInt(key.substring("message-".length())));
                return true;
              });
    }
  }

  private static long keys(Server node) {
    LettuceConnectionFactory connections = new LettuceConnectionFactory("127.0.0.1", node.port());
    connections.afterPropertiesSet();
    connections.start();
    try (RedisConnection connection = connections.getConnection()) {
      return connection.serverCommands().dbSize();
    } finally {
      connections.destroy();
    }
  }
}

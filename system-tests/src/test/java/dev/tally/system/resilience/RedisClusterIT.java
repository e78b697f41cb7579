package dev.tally.system.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.Partitions;
import dev.tally.stack.RedisCluster;
import dev.tally.stack.Server;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

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
    running =
        RunningTally.shared()
            .apart("redis_cluster", "--TALLY_REDIS_CLUSTER_NODES=" + cluster.addresses());
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
    PatientClients clients = PatientClients.of(tally, APPS);
    assertThat(cluster.nodes()).allSatisfy(node -> assertThat(keys(node)).isPositive());

    clients.sayWhile(MESSAGES, () -> disturbance.of(clients.apps()));

    clients.assertAllInOrder();
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

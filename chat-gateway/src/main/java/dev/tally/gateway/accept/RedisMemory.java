package dev.tally.gateway.accept;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import io.lettuce.core.cluster.SlotHash;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Measures once a second how much of its memory Redis uses, so that the gateway stops accepting
 * before Redis is full of jobs.
 *
 * <p>On a Redis Cluster, a partition has the memory of the node that holds its keys. So a full node
 * refuses the writes of its own partitions only.
 *
 * <p>While Redis has no limit, or does not answer, no partition is short of memory. Redis itself
 * still refuses a write that it has no memory for.
 */
@Component
final class RedisMemory {

  private static final Logger log = LoggerFactory.getLogger(RedisMemory.class);

  /** The part of the allowed share that apps with many jobs leave to the others. */
  private static final double RESERVED = 0.1;

  private final RedisConnectionFactory connections;
  private final RedisLayout layout;
  private final double allowedShare;
  private volatile Map<Integer, Double> shares = Map.of();
  private boolean known = true;

  RedisMemory(
      RedisConnectionFactory connections,
      RedisLayout layout,
      AcceptProperties properties,
      MeterRegistry meters) {
    this.connections = connections;
    this.layout = layout;
    this.allowedShare = properties.redisMemoryShare();
    Gauge.builder("tally.redis.memory.share", this, RedisMemory::highestShare)
        .description("Share of its maxmemory that Redis uses; of a cluster, the fullest node's")
        .register(meters);
    Gauge.builder("tally.redis.memory.share.limit", () -> allowedShare)
        .description("Share of Redis' maxmemory above which the gateway refuses writes")
        .register(meters);
  }

  /** How much memory Redis has left for more jobs of a partition. */
  Room room(PartitionKeys keys) {
    double share = shares.getOrDefault(keys.partition(), 0.0);
    if (share > allowedShare) {
      return Room.NONE;
    }
    return share > allowedShare * (1 - RESERVED) ? Room.RESERVE : Room.PLENTY;
  }

  /** What memory there is for more jobs. */
  enum Room {
    PLENTY,
    /** Memory for apps that have few jobs waiting. */
    RESERVE,
    NONE
  }

  private double highestShare() {
    return shares.values().stream().mapToDouble(share -> share).max().orElse(0);
  }

  @Scheduled(fixedDelayString = "1s")
  void measure() {
    try (RedisConnection connection = connections.getConnection()) {
      shares =
          connection instanceof RedisClusterConnection cluster
              ? sharesOfNodes(cluster)
              : sharesOfServer(connection);
      known = true;
    } catch (DataAccessException e) {
      if (known) {
        log.warn(
            """
            Redis does not say how much memory it uses, so it accepts writes until it is full \
            (the user needs the right to run INFO): {}""",
            LoggedFault.line(e));
      }
      known = false;
    }
  }

  private Map<Integer, Double> sharesOfServer(RedisConnection connection) {
    double share = share(connection.serverCommands().info("memory"));
    Map<Integer, Double> measured = new HashMap<>();
    for (int i = 0; i < layout.partitions().count(); i++) {
      measured.put(i, share);
    }
    return measured;
  }

  private Map<Integer, Double> sharesOfNodes(RedisClusterConnection cluster) {
    Map<Integer, Double> measured = new HashMap<>();
    for (RedisClusterNode node : cluster.clusterGetNodes()) {
      if (node.isMaster() && node.isConnected()) {
        double share = share(cluster.serverCommands().info(node, "memory"));
        for (int i = 0; i < layout.partitions().count(); i++) {
          int slot = SlotHash.getSlot(new PartitionKeys(i).waiting());
          if (node.getSlotRange().contains(slot)) {
            measured.put(i, share);
          }
        }
      }
    }
    return measured;
  }

  private static double share(Properties memory) {
    double used = Double.parseDouble(memory.getProperty("used_memory", "0"));
    double limit = Double.parseDouble(memory.getProperty("maxmemory", "0"));
    return limit == 0 ? 0 : used / limit;
  }
}

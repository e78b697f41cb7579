package dev.tally.gateway.accept;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.topology.RedisMaster;
import dev.tally.common.startup.IncompatibleDataException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
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
    return share > allowedShare - allowedShare / AcceptProperties.RESERVED
        ? Room.RESERVE
        : Room.PLENTY;
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
      shares = sharesOf(RedisMaster.all(connection, "memory"));
      known = true;
    } catch (IncompatibleDataException e) {
      // RedisRequirements refuses this Redis, and says so.
      shares = Map.of();
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

  private Map<Integer, Double> sharesOf(List<RedisMaster> masters) {
    Map<Integer, Double> measured = new HashMap<>();
    for (int i = 0; i < layout.partitions().count(); i++) {
      String waiting = new PartitionKeys(i).state();
      for (RedisMaster master : masters) {
        if (master.holds(waiting)) {
          measured.put(i, master.memoryShare());
        }
      }
    }
    return measured;
  }
}

package dev.tally.common.redis.topology;

import dev.tally.common.log.LoggedFault;
import io.lettuce.core.cluster.SlotHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * A server that holds a part of the keys, as it describes itself: the one server, or a master of a
 * Redis Cluster.
 *
 * @param name the server's name in a log line
 * @param slots the slots of a cluster that the server holds
 * @param info the fields of {@code INFO}
 */
public record RedisMaster(String name, IntPredicate slots, Properties info) {

  private static final Logger log = LoggerFactory.getLogger(RedisMaster.class);

  /**
   * Asks the server, or each master of a cluster that answers.
   *
   * @param section the section of {@code INFO}
   * @throws DataAccessException if the one server does not answer, or the user lacks the right to
   *     run {@code INFO}
   */
  public static List<RedisMaster> all(RedisConnection connection, String section) {
    if (!(connection instanceof RedisClusterConnection cluster)) {
      return List.of(
          new RedisMaster("Redis", _ -> true, connection.serverCommands().info(section)));
    }
    List<RedisMaster> masters = new ArrayList<>();
    for (RedisClusterNode node : cluster.clusterCommands().clusterGetNodes()) {
      if (node.isMaster() && node.isConnected()) {
        try {
          masters.add(
              new RedisMaster(
                  "the Redis node " + node.asString(),
                  node::servesSlot,
                  cluster.serverCommands().info(node, section)));
        } catch (DataAccessResourceFailureException | QueryTimeoutException e) {
          log.debug("{} does not answer: {}", node.asString(), LoggedFault.line(e));
        }
      }
    }
    return masters;
  }

  /** Whether the server holds a key, or would hold it. */
  public boolean holds(String key) {
    return slots.test(SlotHash.getSlot(key));
  }

  /** The share of its {@code maxmemory} that the server uses, 0 if it has no limit. */
  public double memoryShare() {
    double used = Double.parseDouble(info.getProperty("used_memory", "0"));
    double limit = Double.parseDouble(info.getProperty("maxmemory", "0"));
    return limit == 0 ? 0 : used / limit;
  }

  /** The value of a field, null if the server does not tell it. */
  public @Nullable String field(String name) {
    return info.getProperty(name);
  }
}

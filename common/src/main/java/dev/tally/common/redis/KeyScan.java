package dev.tally.common.redis;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.ScanOptions;

/** Finds keys by their names. Redis looks at all its keys for it, in small steps. */
public final class KeyScan {

  /** Keys that Redis looks at in one step, about. */
  private static final int KEYS_A_STEP = 1_000;

  private final BytesRedisTemplate redis;

  /** A scan over these connections. */
  public KeyScan(BytesRedisTemplate redis) {
    this.redis = redis;
  }

  /**
   * Hands out the names of the keys that match; a second for some million keys. A name may come
   * twice. A key that is made or deleted meanwhile may be missing or not.
   *
   * @param pattern as in Redis' command SCAN
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public void forEach(String pattern, Consumer<String> names) {
    ScanOptions options = ScanOptions.scanOptions().match(pattern).count(KEYS_A_STEP).build();
    RedisCallback<Boolean> scan =
        connection -> {
          if (connection instanceof RedisClusterConnection cluster) {
            // The client may not know yet that a slot has moved, and the keys of a slot that moves
            // are on two nodes.
            for (RedisClusterNode node : cluster.clusterCommands().clusterGetNodes()) {
              if (node.isMaster()) {
                handOut(cluster.scan(node, options), names);
              }
            }
          } else {
            handOut(connection.keyCommands().scan(options), names);
          }
          return true;
        };
    redis.execute(scan);
  }

  private static void handOut(Cursor<byte[]> keys, Consumer<String> names) {
    try (keys) {
      while (keys.hasNext()) {
        names.accept(new String(keys.next(), StandardCharsets.UTF_8));
      }
    }
  }
}

package dev.tally.system.faults.deployment;

import dev.tally.stack.Server;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;

/** Changes how much memory a running Redis may use. */
final class RedisMemory {

  /** More than a test fills. */
  static final String ENOUGH = "1gb";

  private RedisMemory() {}

  static void limit(Server redis, String bytes) {
    try (RedisClient client = RedisClient.create(redis.url());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.sync().configSet("maxmemory", bytes);
    }
  }
}

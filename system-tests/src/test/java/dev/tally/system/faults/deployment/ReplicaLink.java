package dev.tally.system.faults.deployment;

import dev.tally.stack.Server;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.function.Consumer;

/**
 * Keeps a replica of Redis from its primary. A frozen replica would not do: it reads what its
 * kernel has received when it is thawed, even if the primary is dead by then.
 */
final class ReplicaLink {

  /** The primary has no password, so it refuses a replica that has one. */
  private static final String WRONG = "wrong";

  private ReplicaLink() {}

  static void cut(Server replica) {
    at(
        replica,
        redis -> {
          redis.configSet("masterauth", WRONG);
          redis.clientKill(KillArgs.Builder.typeMaster());
        });
  }

  /** Does nothing if it is not cut. */
  static void restore(Server server) {
    at(
        server,
        redis -> {
          if (WRONG.equals(redis.configGet("masterauth").get("masterauth"))) {
            redis.configSet("masterauth", "");
            // A Sentinel may have made the server write it to its file.
            redis.configRewrite();
          }
        });
  }

  private static void at(Server server, Consumer<RedisCommands<String, String>> work) {
    try (RedisClient client = RedisClient.create(server.url());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      work.accept(connection.sync());
    }
  }
}

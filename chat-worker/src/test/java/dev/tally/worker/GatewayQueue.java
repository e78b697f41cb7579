package dev.tally.worker;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import java.util.List;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/** Queues jobs as the gateway's script does, whatever they contain. */
public final class GatewayQueue {

  private static final RedisScript<Void> QUEUE =
      RedisScript.of(
          """
          if redis.call('EXISTS', KEYS[1]) == 0 then
            redis.call('RPUSH', KEYS[2], string.match(KEYS[1], ':(%x+):jobs$'))
          end
          for _, job in ipairs(ARGV) do
            redis.call('RPUSH', KEYS[1], job)
            redis.call('HINCRBY', KEYS[3], 'jobs', 1)
            redis.call('HINCRBY', KEYS[3], 'bytes', #job)
            redis.call('HINCRBY', KEYS[3], 'position', 1)
          end
          """,
          Void.class);

  private GatewayQueue() {}

  public static <V> void push(
      RedisTemplate<String, V> redis, PartitionKeys keys, AppToken app, List<V> jobs) {
    redis.execute(QUEUE, List.of(keys.jobs(app), keys.ring(), keys.state()), jobs.toArray());
  }
}

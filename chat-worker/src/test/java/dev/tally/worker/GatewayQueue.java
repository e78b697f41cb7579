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
          if KEYS[4] then
            redis.call('HINCRBY', KEYS[4], 'numbers', #ARGV)
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

  /** Also takes the number of the job from a counter. */
  public static void accept(
      RedisTemplate<String, String> redis,
      PartitionKeys keys,
      AppToken app,
      String counter,
      String job) {
    redis.execute(QUEUE, List.of(keys.jobs(app), keys.ring(), keys.state(), counter), job);
  }

  public static <V> void push(
      RedisTemplate<String, V> redis, PartitionKeys keys, AppToken app, List<V> jobs) {
    redis.execute(QUEUE, List.of(keys.jobs(app), keys.ring(), keys.state()), jobs.toArray());
  }
}

package dev.tally.worker.lease;

import dev.tally.common.partition.PartitionKeys;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/** The roll of workers that run. */
@Component
public final class WorkerRoll {

  private final StringRedisTemplate redis;

  WorkerRoll(StringRedisTemplate redis) {
    this.redis = redis;
  }

  /**
   * How many workers are in the roll. One that was killed stays there until its lease would have
   * ended.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public int live() {
    RedisCallback<Long> clock =
        connection -> connection.serverCommands().time(TimeUnit.MILLISECONDS);
    double now = Objects.requireNonNull(redis.execute(clock));
    Long live = redis.opsForZSet().count(PartitionKeys.WORKERS, now, Double.POSITIVE_INFINITY);
    return live == null ? 0 : Math.toIntExact(live);
  }
}

package dev.tally.worker.lease;

import dev.tally.common.partition.PartitionKeys;
import java.time.Duration;
import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Component;

/**
 * The commands to Redis about leases; runs {@code lua/attend.lua}, {@code lua/acquire.lua}, {@code
 * lua/renew.lua} and {@code lua/release.lua}.
 *
 * <p>All of them work in a Redis whose memory is full.
 */
@Component
final class LeaseScripts {

  @SuppressWarnings("rawtypes")
  private static final RedisScript<List> ATTEND =
      RedisScript.of(new ClassPathResource("lua/attend.lua"), List.class);

  private static final RedisScript<Long> ACQUIRE =
      RedisScript.of(new ClassPathResource("lua/acquire.lua"), Long.class);
  private static final RedisScript<Long> RENEW =
      RedisScript.of(new ClassPathResource("lua/renew.lua"), Long.class);
  private static final RedisScript<Long> RELEASE =
      RedisScript.of(new ClassPathResource("lua/release.lua"), Long.class);

  private final StringRedisTemplate redis;

  LeaseScripts(StringRedisTemplate redis) {
    this.redis = redis;
  }

  /**
   * Extends a worker's entry in the roll, and returns the ids of all live workers, in the same
   * order for every worker.
   */
  List<String> attend(WorkerId worker, Duration life) {
    String roll = PartitionKeys.WORKERS;
    String lifeMillis = Long.toString(life.toMillis());
    List<?> answer = redis.execute(ATTEND, List.of(roll), worker.value(), lifeMillis);
    return answer.stream().map(String.class::cast).sorted().toList();
  }

  /** Removes a worker from the roll, so that the others need not wait until its entry expires. */
  void leave(WorkerId worker) {
    redis.opsForZSet().remove(PartitionKeys.WORKERS, worker.value());
  }

  /** Acquires a lease if it is free, and returns whether it was. */
  boolean acquire(PartitionKeys keys, WorkerId worker, Duration duration) {
    String owner = keys.owner();
    String durationMillis = Long.toString(duration.toMillis());
    return redis.execute(ACQUIRE, List.of(owner), worker.value(), durationMillis) == 1;
  }

  /** Extends a lease if this worker still holds it, and returns whether it does. */
  boolean renew(PartitionKeys keys, WorkerId worker, Duration duration) {
    return renew(keys, worker, duration, "") != Renewal.LOST;
  }

  /** Extends a lease if this worker still holds it, and compares the run of Redis. */
  Renewal renew(PartitionKeys keys, WorkerId worker, Duration duration, String run) {
    String owner = keys.owner();
    String durationMillis = Long.toString(duration.toMillis());
    long answer = redis.execute(RENEW, List.of(owner), worker.value(), durationMillis, run);
    return answer == 0 ? Renewal.LOST : answer == 1 ? Renewal.HELD : Renewal.HELD_IN_ANOTHER_RUN;
  }

  /** What Redis says of a lease. */
  enum Renewal {
    LOST,
    HELD,
    HELD_IN_ANOTHER_RUN
  }

  void release(PartitionKeys keys, WorkerId worker) {
    String owner = keys.owner();
    redis.execute(RELEASE, List.of(owner), worker.value());
  }
}

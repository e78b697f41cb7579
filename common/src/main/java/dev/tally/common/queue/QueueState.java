package dev.tally.common.queue;

import dev.tally.common.partition.PartitionKeys;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.ListOperations;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The depth and age of a partition's queue.
 *
 * @param depth jobs that are accepted and not acknowledged
 * @param oldestAge the time since the oldest of these jobs was accepted; zero without jobs
 * @param deadLetters dead letters that wait for an operator
 */
public record QueueState(long depth, Duration oldestAge, long deadLetters) {

  /**
   * Reads the state from Redis.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public static QueueState of(PartitionKeys keys, StringRedisTemplate redis, JobCodec codec) {
    ListOperations<String, String> lists = redis.opsForList();
    String claimed = lists.index(keys.claimed(), 0);
    String oldest = claimed != null ? claimed : lists.index(keys.jobs(), 0);
    return new QueueState(
        size(lists, keys.jobs()) + size(lists, keys.claimed()),
        age(oldest, codec),
        size(lists, keys.dead()));
  }

  private static long size(ListOperations<String, String> lists, String key) {
    Long size = lists.size(key);
    return size == null ? 0 : size;
  }

  private static Duration age(@Nullable String oldest, JobCodec codec) {
    if (oldest == null) {
      return Duration.ZERO;
    }
    try {
      Duration age = Duration.between(codec.decode(oldest).acceptedAt(), Instant.now());
      return age.isNegative() ? Duration.ZERO : age;
    } catch (UndecodableJobException e) {
      // The job becomes a dead letter as soon as a worker claims it.
      return Duration.ZERO;
    }
  }
}

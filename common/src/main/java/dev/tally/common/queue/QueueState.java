package dev.tally.common.queue;

import dev.tally.common.partition.PartitionKeys;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.ListOperations;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * How a partition's queue stands.
 *
 * @param depth jobs accepted and not acknowledged
 * @param oldestAge how long ago the oldest of them was accepted; zero if there is none
 * @param deadLetters dead letters that wait for an operator
 */
public record QueueState(long depth, Duration oldestAge, long deadLetters) {

  /**
   * Asks Redis.
   *
   * @throws org.springframework.dao.DataAccessException if it does not answer
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
      // it becomes a dead letter as soon as it is claimed
      return Duration.ZERO;
    }
  }
}

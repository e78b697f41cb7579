package dev.tally.common.queue;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.ListOperations;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * The depth and age of a partition's queue.
 *
 * @param depth jobs that are accepted and not acknowledged
 * @param bytes how long the jobs are together that no worker has claimed
 * @param oldestAge the time since the oldest of the jobs that come next was accepted; zero without
 *     jobs. They are the first jobs of the claimed batch, of the retried jobs and of the {@value
 *     #NEXT_APPS} apps that have waited longest for their turn.
 * @param deadLetters dead letters that wait for an operator
 */
public record QueueState(long depth, long bytes, Duration oldestAge, long deadLetters) {

  private static final int NEXT_APPS = 16;

  /**
   * Reads the state from Redis.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public static QueueState of(PartitionKeys keys, StringRedisTemplate redis, JobCodec codec) {
    ListOperations<String, String> lists = redis.opsForList();
    HashOperations<String, String, String> hashes = redis.opsForHash();
    List<String> next = new ArrayList<>(List.of(keys.claimed(), keys.retried()));
    for (String app : lists.range(keys.ring(), 0, NEXT_APPS - 1)) {
      AppToken.parse(app).map(keys::jobs).ifPresent(next::add);
    }
    Duration oldest = Duration.ZERO;
    for (String list : next) {
      Duration age = age(lists.index(list, 0), codec);
      oldest = age.compareTo(oldest) > 0 ? age : oldest;
    }
    return new QueueState(
        number(hashes.get(keys.state(), PartitionKeys.JOBS)) + size(lists, keys.claimed()),
        number(hashes.get(keys.state(), PartitionKeys.BYTES)),
        oldest,
        size(lists, keys.dead()));
  }

  /** Somebody may have written to the counts; a worker that finds no job sets them again. */
  private static long number(@Nullable String text) {
    return text == null ? 0 : Numbers.count(text).orElse(0);
  }

  private static long size(ListOperations<String, String> lists, String key) {
    Long size = lists.size(key);
    return size == null ? 0 : size;
  }

  private static Duration age(@Nullable String oldest, JobCodec codec) {
    if (oldest == null) {
      return Duration.ZERO;
    }
    Instant acceptedAt;
    try {
      acceptedAt = codec.decode(oldest).acceptedAt();
    } catch (UndecodableJobException e) {
      // The job becomes a dead letter as soon as a worker claims it.
      return Duration.ZERO;
    } catch (NewerJobException e) {
      // The job waits for a newer worker, and may do so for long.
      acceptedAt = e.acceptedAt();
    }
    Duration age = acceptedAt == null ? Duration.ZERO : Duration.between(acceptedAt, Instant.now());
    return age.isNegative() ? Duration.ZERO : age;
  }
}

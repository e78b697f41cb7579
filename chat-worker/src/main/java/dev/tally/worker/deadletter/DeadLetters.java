package dev.tally.worker.deadletter;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.worker.redis.BytesRedisTemplate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Component;

/** One partition's dead letters; runs {@code lua/remove-dead-letter.lua}. */
@Component
final class DeadLetters {

  /** What is read from Redis at once. */
  private static final int PAGE = 100;

  private static final RedisScript<Long> REMOVE =
      RedisScript.of(new ClassPathResource("lua/remove-dead-letter.lua"), Long.class);

  private final BytesRedisTemplate redis;

  DeadLetters(BytesRedisTemplate redis) {
    this.redis = redis;
  }

  /** A dead letter and the text that it lies in Redis as, by which it is removed. */
  record Entry(DeadLetter letter, String text) {}

  long count(PartitionKeys keys) {
    Long size = redis.opsForList().size(keys.dead());
    return size == null ? 0 : size;
  }

  /** Up to a page of dead letters, oldest first. */
  List<Entry> page(PartitionKeys keys, long from) {
    List<Entry> page = new ArrayList<>();
    for (byte[] bytes : redis.opsForList().range(keys.dead(), from, from + PAGE - 1)) {
      String text = new String(bytes, StandardCharsets.UTF_8);
      page.add(new Entry(DeadLetter.decode(text), text));
    }
    return page;
  }

  /**
   * Queues a dead letter's job again, ahead of what waits. False if another operator was faster.
   */
  boolean retry(PartitionKeys keys, Entry entry) {
    return remove(keys, entry, entry.letter().job());
  }

  /** Forgets a dead letter for good. False if another operator was faster. */
  boolean drop(PartitionKeys keys, Entry entry) {
    return remove(keys, entry, null);
  }

  private boolean remove(PartitionKeys keys, Entry entry, byte @Nullable [] job) {
    byte[] letter = entry.text().getBytes(StandardCharsets.UTF_8);
    Object[] arguments = job == null ? new Object[] {letter} : new Object[] {letter, job};
    return redis.execute(REMOVE, List.of(keys.dead(), keys.jobs()), arguments) == 1;
  }
}

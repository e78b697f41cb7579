package dev.tally.worker.deadletter;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.worker.redis.BytesRedisTemplate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Component;

/** The dead letters of all partitions; runs {@code lua/remove-dead-letter.lua}. */
@Component
public class DeadLetters {

  /** What is read from Redis at once. */
  private static final int PAGE = 100;

  private static final RedisScript<Long> REMOVE =
      RedisScript.of(new ClassPathResource("lua/remove-dead-letter.lua"), Long.class);

  private final BytesRedisTemplate redis;
  private final RedisLayout layout;

  DeadLetters(BytesRedisTemplate redis, RedisLayout layout) {
    this.redis = redis;
    this.layout = layout;
  }

  /**
   * A dead letter, and where it lies.
   *
   * @param text the dead letter as it lies in Redis, by which it is removed
   */
  public record Entry(DeadLetter letter, PartitionKeys keys, String text) {}

  /** Up to so many dead letters, oldest first in each partition. */
  public List<Entry> list(int limit) {
    List<Entry> found = new ArrayList<>();
    search(
        entry -> {
          if (found.size() < limit) {
            found.add(entry);
          }
          return found.size() == limit;
        });
    return found;
  }

  /** The dead letter with this id, if there is one. */
  public Optional<Entry> find(String id) {
    return search(entry -> entry.letter().id().equals(id));
  }

  /**
   * Queues a dead letter's job again, ahead of what waits.
   *
   * @return false if somebody else has taken the dead letter away
   */
  public boolean retry(Entry entry) {
    byte[] letter = bytes(entry.text());
    byte[] job = entry.letter().job();
    return remove(entry, letter, job);
  }

  /**
   * Forgets a dead letter for good.
   *
   * @return false if somebody else has taken the dead letter away
   */
  public boolean drop(Entry entry) {
    byte[] letter = bytes(entry.text());
    return remove(entry, letter);
  }

  /**
   * Does something that removes them, {@link #retry} or {@link #drop}, with all dead letters that
   * there are now.
   *
   * @return for how many it was done
   */
  public long removeAll(Predicate<Entry> action) {
    long done = 0;
    for (PartitionKeys keys : partitions()) {
      Long count = redis.opsForList().size(keys.dead());
      long left = count == null ? 0 : count;
      while (left > 0) {
        List<Entry> page = page(keys, 0);
        if (page.isEmpty()) {
          break;
        }
        for (Entry entry : page.subList(0, (int) Math.min(page.size(), left))) {
          if (action.test(entry)) {
            done++;
          }
          left--;
        }
      }
    }
    return done;
  }

  private Optional<Entry> search(Predicate<Entry> wanted) {
    for (PartitionKeys keys : partitions()) {
      List<Entry> page = page(keys, 0);
      for (long from = PAGE; !page.isEmpty(); from += PAGE) {
        for (Entry entry : page) {
          if (wanted.test(entry)) {
            return Optional.of(entry);
          }
        }
        page = page(keys, from);
      }
    }
    return Optional.empty();
  }

  private List<Entry> page(PartitionKeys keys, long from) {
    List<Entry> page = new ArrayList<>();
    for (byte[] bytes : redis.opsForList().range(keys.dead(), from, from + PAGE - 1)) {
      String text = new String(bytes, StandardCharsets.UTF_8);
      page.add(new Entry(DeadLetter.decode(text), keys, text));
    }
    return page;
  }

  private List<PartitionKeys> partitions() {
    List<PartitionKeys> all = new ArrayList<>();
    for (int i = 0; i < layout.partitions().count(); i++) {
      all.add(new PartitionKeys(i));
    }
    return all;
  }

  private boolean remove(Entry entry, byte[]... letterAndJob) {
    String dead = entry.keys().dead();
    String jobs = entry.keys().jobs();
    return redis.execute(REMOVE, List.of(dead, jobs), (Object[]) letterAndJob) == 1;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package dev.tally.common.deadletter;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.BytesRedisTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.script.RedisScript;

/** The dead letters of all partitions; runs {@code lua/remove-dead-letter.lua}. */
public final class DeadLetters {

  /** Dead letters read from Redis at once. */
  private static final int PAGE = 100;

  private static final RedisScript<Long> REMOVE =
      RedisScript.of(new ClassPathResource("lua/remove-dead-letter.lua"), Long.class);

  private final BytesRedisTemplate redis;
  private final RedisLayout layout;

  /** The dead letters in this Redis. */
  public DeadLetters(BytesRedisTemplate redis, RedisLayout layout) {
    this.redis = redis;
    this.layout = layout;
  }

  /**
   * A dead letter and its place in Redis.
   *
   * @param raw the dead letter as Redis holds it, to remove it by
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Entry(DeadLetter letter, PartitionKeys keys, byte[] raw) {}

  /** Dead letters, oldest first in each partition, up to a limit. */
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
   * Queues a dead letter's job again, before all jobs that are not retried and after those that
   * are.
   *
   * @return false if the dead letter is gone already
   */
  public boolean retry(Entry entry) {
    byte[] letter = entry.raw();
    byte[] job = entry.letter().job();
    return remove(entry, letter, job);
  }

  /**
   * Deletes a dead letter and its job for good. The caller has seen to the job's number.
   *
   * @return false if the dead letter is gone already
   */
  public boolean drop(Entry entry) {
    byte[] letter = entry.raw();
    return remove(entry, letter);
  }

  /** Passes all dead letters to a consumer that removes none, oldest first in each partition. */
  public void forEach(Consumer<Entry> consumer) {
    search(
        entry -> {
          consumer.accept(entry);
          return false;
        });
  }

  /**
   * Applies an action that may remove a dead letter by {@link #retry} or {@link #drop} to all that
   * exist now, oldest first in each partition.
   *
   * @param action tells whether it removed the dead letter
   * @return the number of dead letters that the action removed
   */
  public long removeAll(Predicate<Entry> action) {
    return partitions().stream().mapToLong(keys -> removeAll(keys, action)).sum();
  }

  /** Does the same for the dead letters of one partition. */
  public long removeAll(PartitionKeys keys, Predicate<Entry> action) {
    Long count = redis.opsForList().size(keys.dead());
    long done = 0;
    long kept = 0;
    for (long left = count == null ? 0 : count; left > 0; ) {
      List<Entry> page = page(keys, kept);
      if (page.isEmpty()) {
        break;
      }
      for (Entry entry : page.subList(0, (int) Math.min(page.size(), left))) {
        if (action.test(entry)) {
          done++;
        } else {
          kept++;
        }
        left--;
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
    for (byte[] raw : redis.opsForList().range(keys.dead(), from, from + PAGE - 1)) {
      page.add(new Entry(DeadLetter.decode(raw), keys, raw));
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
    String retried = entry.keys().retried();
    String waiting = entry.keys().state();
    return redis.execute(REMOVE, List.of(dead, retried, waiting), (Object[]) letterAndJob) == 1;
  }
}

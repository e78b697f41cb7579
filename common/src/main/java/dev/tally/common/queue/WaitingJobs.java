package dev.tally.common.queue;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Reads jobs while gateways queue them and workers drain them.
 *
 * <p>Jobs move towards the beginning of their list, then to the claimed batch, and from there to
 * MySQL or to the dead letters. Reading in the same direction misses none.
 *
 * <p>A method that decodes jobs throws a {@link NewerJobException} at a job of a later version,
 * which may be any write.
 */
public final class WaitingJobs {

  /** Jobs read from Redis at once; a job may be as long as a message. */
  private static final int PAGE = 200;

  private final StringRedisTemplate redis;
  private final RedisLayout layout;
  private final JobCodec codec;

  /** A reader of the jobs of all partitions. */
  public WaitingJobs(StringRedisTemplate redis, RedisLayout layout, JobCodec codec) {
    this.redis = redis;
    this.layout = layout;
    this.codec = codec;
  }

  /**
   * Passes the jobs that wait for these apps, and some for other apps, to a consumer, some perhaps
   * twice. None is missed: a job that leaves the queue meanwhile is persisted, or a dead letter, by
   * the time this returns or soon after.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public void forEach(Set<AppToken> apps, Consumer<Job> consumer) {
    byPartition(apps)
        .forEach(
            (partition, ofPartition) -> {
              PartitionKeys keys = new PartitionKeys(partition);
              Consumer<String> texts = decoded(consumer);
              ofPartition.forEach(app -> read(keys.jobs(app), "", texts));
              read(keys.retried(), "", texts);
              read(keys.claimed(), "", texts);
            });
  }

  /**
   * Passes all jobs of these apps that are in Redis to a consumer, and some of other apps, some
   * perhaps twice: those that wait, those that a worker has claimed, and those of dead letters. A
   * job is missed only if it is persisted by the time this returns, or if an operator retries or
   * drops a dead letter of the partition meanwhile.
   *
   * @return how many jobs were met that nobody can decode
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public long forEachInRedis(Set<AppToken> apps, Consumer<Job> consumer) {
    AtomicLong undecodable = new AtomicLong();
    Consumer<String> texts = decoded(consumer, undecodable::incrementAndGet);
    Consumer<String> letters = letter -> texts.accept(jobOf(letter));
    byPartition(apps)
        .forEach(
            (partition, ofPartition) ->
                readAll(new PartitionKeys(partition), ofPartition, "", letters, texts));
    return undecodable.get();
  }

  /**
   * Passes all jobs of an app that are in Redis to a consumer, some perhaps twice: those that wait,
   * those that a worker has claimed, and those of dead letters, but for superseded ones: their
   * numbers are given out again. None is missed, unless it is persisted by the time this returns.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public void forEachInRedis(AppToken app, Consumer<Job> consumer) {
    Consumer<String> texts =
        decoded(
            job -> {
              if (job.app().equals(app)) {
                consumer.accept(job);
              }
            });
    forEachTextInRedis(app, letter -> ifNumbered(letter, texts), texts);
  }

  /**
   * Passes all jobs of a partition that are in Redis to a consumer, some perhaps twice, but for
   * those of superseded dead letters. None is missed, unless it is persisted by the time this
   * returns, or was accepted meanwhile.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public void forEachInRedis(PartitionKeys keys, Consumer<Job> consumer) {
    Consumer<String> texts = decoded(consumer);
    Consumer<String> letters = letter -> ifNumbered(letter, texts);
    // An app that is not in the ring has no jobs; those that it gets later are accepted meanwhile.
    List<String> ring = redis.opsForList().range(keys.ring(), 0, -1);
    List<AppToken> apps =
        ring == null
            ? List.of()
            : ring.stream().flatMap(app -> AppToken.parse(app).stream()).toList();
    readAll(keys, apps, "", letters, texts);
  }

  /**
   * Passes the texts of an app's jobs to a consumer, and of whatever else there has the app's token
   * in it.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public void forEachTextInRedis(AppToken app, Consumer<String> consumer) {
    forEachTextInRedis(app, letter -> consumer.accept(jobOf(letter)), consumer);
  }

  /**
   * Whether jobs of an app wait or are claimed. Dead letters do not count.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public boolean has(AppToken app) {
    PartitionKeys keys = layout.partitions().of(app);
    // In the direction in which jobs move.
    return Boolean.TRUE.equals(redis.hasKey(keys.jobs(app))) || hasLeftItsList(app, _ -> true);
  }

  /**
   * Whether a worker has claimed such a job of an app, or an operator has it tried again. Jobs that
   * the app still has in its list do not count.
   *
   * @param wanted tells by a job's text
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public boolean hasLeftItsList(AppToken app, Predicate<String> wanted) {
    PartitionKeys keys = layout.partitions().of(app);
    AtomicBoolean found = new AtomicBoolean();
    Consumer<String> texts =
        text -> {
          if (wanted.test(text)) {
            found.set(true);
          }
        };
    read(keys.retried(), app.value(), texts);
    read(keys.claimed(), app.value(), texts);
    return found.get();
  }

  private void forEachTextInRedis(
      AppToken app, Consumer<String> letters, Consumer<String> consumer) {
    readAll(layout.partitions().of(app), List.of(app), app.value(), letters, consumer);
  }

  /** Reads what a partition has of these apps, in the direction in which jobs move. */
  private void readAll(
      PartitionKeys keys,
      List<AppToken> apps,
      String part,
      Consumer<String> letters,
      Consumer<String> jobs) {
    // An operator may retry a dead letter meanwhile, and a worker may make a new one.
    read(keys.dead(), part, letters);
    apps.forEach(app -> read(keys.jobs(app), part, jobs));
    read(keys.retried(), part, jobs);
    read(keys.claimed(), part, jobs);
    read(keys.dead(), part, letters);
  }

  private Map<Integer, List<AppToken>> byPartition(Set<AppToken> apps) {
    Map<Integer, List<AppToken>> partitions = new TreeMap<>();
    for (AppToken app : apps) {
      int partition = layout.partitions().of(app).partition();
      partitions.computeIfAbsent(partition, _ -> new ArrayList<>()).add(app);
    }
    return partitions;
  }

  /**
   * Reads a list from its end.
   *
   * @param part what the wanted entries have in them: finding it costs less than decoding all
   */
  private void read(String list, String part, Consumer<String> consumer) {
    for (long end = -1; ; end -= PAGE) {
      List<String> page = redis.opsForList().range(list, end - PAGE + 1, end);
      if (page == null || page.isEmpty()) {
        return;
      }
      for (String text : page) {
        if (text.contains(part)) {
          consumer.accept(text);
        }
      }
    }
  }

  private Consumer<String> decoded(Consumer<Job> consumer) {
    // A worker rejects what nobody will ever decode as soon as it claims it, or has rejected it.
    return decoded(consumer, () -> {});
  }

  private Consumer<String> decoded(Consumer<Job> consumer, Runnable undecodable) {
    return text -> {
      Job job;
      try {
        job = codec.decode(text);
      } catch (UndecodableJobException e) {
        undecodable.run();
        return;
      }
      consumer.accept(job);
    };
  }

  /** Passes on the job of a dead letter, unless the job has lost its number. */
  private static void ifNumbered(String deadLetter, Consumer<String> consumer) {
    DeadLetter letter = DeadLetter.decode(deadLetter.getBytes(StandardCharsets.UTF_8));
    if (letter.reason() != DeadLetter.Reason.SUPERSEDED) {
      consumer.accept(new String(letter.job(), StandardCharsets.UTF_8));
    }
  }

  /** The job of a dead letter; empty, so that nobody can decode it, if it is none. */
  private static String jobOf(String deadLetter) {
    byte[] encoded = deadLetter.getBytes(StandardCharsets.UTF_8);
    return new String(DeadLetter.decode(encoded).job(), StandardCharsets.UTF_8);
  }
}

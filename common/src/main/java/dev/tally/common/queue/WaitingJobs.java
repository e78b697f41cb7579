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
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Reads jobs while gateways queue them and workers drain them.
 *
 * <p>Jobs move towards the beginning of their list, then to the claimed batch, and from there to
 * MySQL or to the dead letters. Reading in the same direction misses none.
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
    Map<Integer, List<AppToken>> partitions = new TreeMap<>();
    for (AppToken app : apps) {
      int partition = layout.partitions().of(app).partition();
      partitions.computeIfAbsent(partition, _ -> new ArrayList<>()).add(app);
    }
    partitions.forEach(
        (partition, ofPartition) -> {
          PartitionKeys keys = new PartitionKeys(partition);
          ofPartition.forEach(app -> read(keys.jobs(app), "", UnaryOperator.identity(), consumer));
          read(keys.retried(), "", UnaryOperator.identity(), consumer);
          read(keys.claimed(), "", UnaryOperator.identity(), consumer);
        });
  }

  /**
   * Passes all jobs of an app that are in Redis to a consumer, some perhaps twice: those that wait,
   * those that a worker has claimed, and those of dead letters. None is missed, unless it is
   * persisted by the time this returns.
   *
   * @throws org.springframework.dao.DataAccessException if Redis does not answer
   */
  public void forEachInRedis(AppToken app, Consumer<Job> consumer) {
    PartitionKeys keys = layout.partitions().of(app);
    Consumer<Job> ofApp =
        job -> {
          if (job.app().equals(app)) {
            consumer.accept(job);
          }
        };
    // An operator may retry a dead letter meanwhile, and a worker may make a new one.
    read(keys.dead(), app.value(), WaitingJobs::jobOf, ofApp);
    read(keys.jobs(app), app.value(), UnaryOperator.identity(), ofApp);
    read(keys.retried(), app.value(), UnaryOperator.identity(), ofApp);
    read(keys.claimed(), app.value(), UnaryOperator.identity(), ofApp);
    read(keys.dead(), app.value(), WaitingJobs::jobOf, ofApp);
  }

  /**
   * Reads a list from its end.
   *
   * @param part what the wanted entries have in them: finding it costs less than decoding all
   */
  private void read(String list, String part, UnaryOperator<String> job, Consumer<Job> consumer) {
    for (long end = -1; ; end -= PAGE) {
      List<String> page = redis.opsForList().range(list, end - PAGE + 1, end);
      if (page == null || page.isEmpty()) {
        return;
      }
      for (String text : page) {
        if (text.contains(part)) {
          try {
            consumer.accept(codec.decode(job.apply(text)));
          } catch (UndecodableJobException e) {
            // A worker rejects it as soon as it claims it, or has rejected it.
          }
        }
      }
    }
  }

  private static String jobOf(String deadLetter) {
    byte[] encoded = deadLetter.getBytes(StandardCharsets.UTF_8);
    return new String(DeadLetter.decode(encoded).job(), StandardCharsets.UTF_8);
  }
}

package dev.tally.worker.verify;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.UndecodableJobException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/** Reads queues while gateways fill them and workers drain them. */
@Component
class WaitingJobs {

  /** Jobs read from Redis at once; a job may be as long as a message. */
  private static final int PAGE = 200;

  private final StringRedisTemplate redis;
  private final RedisLayout layout;
  private final JobCodec codec;

  WaitingJobs(StringRedisTemplate redis, RedisLayout layout, JobCodec codec) {
    this.redis = redis;
    this.layout = layout;
    this.codec = codec;
  }

  /**
   * Passes the jobs that wait for these apps, and some for other apps, to a consumer, some perhaps
   * twice. None is missed: a job that leaves the queue meanwhile is persisted, or a dead letter, by
   * the time this returns or soon after.
   */
  void forEach(Set<AppToken> apps, Consumer<Job> consumer) {
    Map<Integer, List<AppToken>> partitions = new TreeMap<>();
    for (AppToken app : apps) {
      int partition = layout.partitions().of(app).partition();
      partitions.computeIfAbsent(partition, _ -> new ArrayList<>()).add(app);
    }
    partitions.forEach(
        (partition, ofPartition) -> {
          PartitionKeys keys = new PartitionKeys(partition);
          // Jobs move towards the beginning of their list and then to the claimed batch. Reading in
          // the same direction misses none.
          ofPartition.forEach(app -> forEach(keys.jobs(app), consumer));
          forEach(keys.retried(), consumer);
          forEach(keys.claimed(), consumer);
        });
  }

  private void forEach(String list, Consumer<Job> consumer) {
    for (long end = -1; ; end -= PAGE) {
      List<String> page = redis.opsForList().range(list, end - PAGE + 1, end);
      if (page == null || page.isEmpty()) {
        return;
      }
      for (String text : page) {
        try {
          consumer.accept(codec.decode(text));
        } catch (UndecodableJobException e) {
          // A worker rejects it as soon as it claims it.
        }
      }
    }
  }
}

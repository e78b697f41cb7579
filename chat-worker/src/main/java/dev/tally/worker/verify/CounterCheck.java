package dev.tally.worker.verify;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.MessageName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Checks that no counter is lower than a persisted number: it would give that number out again. A
 * missing counter is right, because the gateway recovers it.
 */
@Component
class CounterCheck {

  private final StringRedisTemplate redis;
  private final RedisLayout layout;

  CounterCheck(StringRedisTemplate redis, RedisLayout layout) {
    this.redis = redis;
    this.layout = layout;
  }

  /** The numbers of jobs and dead letters in Redis. */
  record Queues(long waiting, long deadLetters) {}

  Queues queues() {
    long waiting = 0;
    long dead = 0;
    for (int i = 0; i < layout.partitions().count(); i++) {
      PartitionKeys keys = new PartitionKeys(i);
      waiting += size(keys.jobs()) + size(keys.claimed());
      dead += size(keys.dead());
    }
    return new Queues(waiting, dead);
  }

  private long size(String list) {
    Long size = redis.opsForList().size(list);
    return size == null ? 0 : size;
  }

  void checkApp(Findings findings, AppToken app, long highest) {
    PartitionKeys keys = layout.partitions().of(app);
    check(findings, keys.chats(app), redis.opsForValue().get(keys.chats(app)), highest);
  }

  /**
   * Checks the counters of chats.
   *
   * @param last the last persisted message of each chat, all of this app
   */
  void checkChats(Findings findings, AppToken app, List<MessageName> last) {
    PartitionKeys keys = layout.partitions().of(app);
    List<String> names = new ArrayList<>(last.size());
    for (MessageName message : last) {
      names.add(keys.messages(message.chat()));
    }
    List<@Nullable String> counters = redis.opsForValue().multiGet(names);
    for (int i = 0; i < names.size(); i++) {
      check(
          findings, names.get(i), counters == null ? null : counters.get(i), last.get(i).number());
    }
  }

  private static void check(
      Findings findings, String name, @Nullable String counter, long highest) {
    if (counter != null && Long.parseLong(counter) < highest) {
      findings.add(
          "counter %s is at %s, but number %d is persisted".formatted(name, counter, highest));
    }
  }
}

package dev.tally.worker.verify;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.QueueState;
import dev.tally.common.redis.RedisError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Checks that no counter is lower than a persisted number: it would give that number out again. One
 * that is no number is wrong too. A missing counter is right, because the gateway recovers it.
 */
@Component
class CounterCheck {

  /** Stands for the value of a counter whose key has another type. */
  private static final String NO_HASH = "no hash";

  private final StringRedisTemplate redis;
  private final RedisLayout layout;
  private final JobCodec codec;

  CounterCheck(StringRedisTemplate redis, RedisLayout layout, JobCodec codec) {
    this.redis = redis;
    this.layout = layout;
    this.codec = codec;
  }

  /** The numbers of jobs and dead letters in Redis. */
  record Queues(long waiting, long deadLetters) {}

  Queues queues() {
    long waiting = 0;
    long dead = 0;
    for (int i = 0; i < layout.partitions().count(); i++) {
      QueueState state = QueueState.of(new PartitionKeys(i), redis, codec);
      waiting += state.depth();
      dead += state.deadLetters();
    }
    return new Queues(waiting, dead);
  }

  void checkApp(Findings findings, AppToken app, long highest) {
    PartitionKeys keys = layout.partitions().of(app);
    String counter = keys.chats(app);
    check(findings, counter, read(counter), highest);
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
    List<?> counters = read(names);
    for (int i = 0; i < names.size(); i++) {
      check(findings, names.get(i), (@Nullable String) counters.get(i), last.get(i).number());
    }
  }

  private List<?> read(List<String> names) {
    try {
      return redis.executePipelined(
          (RedisCallback<?>)
              connection -> {
                for (String name : names) {
                  connection.hashCommands().hGet(bytes(name), bytes(PartitionKeys.NUMBERS));
                }
                return null;
              });
    } catch (DataAccessException e) {
      if (!RedisError.isWrongType(e)) {
        throw e;
      }
      // One of them is no hash, and the pipeline does not tell which.
      return names.stream().map(this::read).toList();
    }
  }

  private @Nullable String read(String name) {
    HashOperations<String, String, String> hashes = redis.opsForHash();
    try {
      return hashes.get(name, PartitionKeys.NUMBERS);
    } catch (DataAccessException e) {
      if (!RedisError.isWrongType(e)) {
        throw e;
      }
      return NO_HASH;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void check(
      Findings findings, String name, @Nullable String counter, long highest) {
    if (counter == null) {
      return;
    }
    OptionalLong count = Numbers.count(counter);
    if (count.isEmpty()) {
      findings.add(
          "counter %s is no number; the next write that needs it sets it again".formatted(name));
    } else if (count.getAsLong() < highest) {
      findings.add(
          "counter %s is at %s, but number %d is persisted".formatted(name, counter, highest));
    }
  }
}

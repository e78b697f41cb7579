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
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Checks that no counter is lower than a persisted number: it would give that number out again. One
 * that is no number is wrong too. A missing counter is right, and one of an older epoch, because
 * the gateway recovers it.
 */
@Component
class CounterCheck {

  private static final String FIRST_EPOCH = "0";

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
    Counter counter = read(keys.chats(app));
    check(findings, keys.chats(app), counter, epoch(keys), highest);
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
    List<Counter> counters = read(names);
    String epoch = epoch(keys);
    for (int i = 0; i < names.size(); i++) {
      check(findings, names.get(i), counters.get(i), epoch, last.get(i).number());
    }
  }

  /**
   * The fields of a counter.
   *
   * @param numbers null if there is no counter
   */
  private record Counter(@Nullable String numbers, String epoch) {

    /** A key of another type. */
    static final Counter NO_HASH = new Counter("no hash", FIRST_EPOCH);

    static Counter of(List<? extends @Nullable Object> fields) {
      Object epoch = fields.get(1);
      return new Counter((String) fields.get(0), epoch == null ? FIRST_EPOCH : (String) epoch);
    }
  }

  private List<Counter> read(List<String> names) {
    try {
      return redis
          .executePipelined(
              (RedisCallback<?>)
                  connection -> {
                    for (String name : names) {
                      connection
                          .hashCommands()
                          .hMGet(
                              bytes(name),
                              bytes(PartitionKeys.NUMBERS),
                              bytes(PartitionKeys.EPOCH));
                    }
                    return null;
                  })
          .stream()
          .map(fields -> Counter.of((List<?>) fields))
          .toList();
    } catch (DataAccessException e) {
      if (!RedisError.isWrongType(e)) {
        throw e;
      }
      // One of them is no hash, and the pipeline does not tell which.
      return names.stream().map(this::read).toList();
    }
  }

  private Counter read(String name) {
    HashOperations<String, String, String> hashes = redis.opsForHash();
    try {
      return Counter.of(hashes.multiGet(name, List.of(PartitionKeys.NUMBERS, PartitionKeys.EPOCH)));
    } catch (DataAccessException e) {
      if (!RedisError.isWrongType(e)) {
        throw e;
      }
      return Counter.NO_HASH;
    }
  }

  /** The partition's epoch; read after its counters, since none is of a later one then. */
  private String epoch(PartitionKeys keys) {
    HashOperations<String, String, String> hashes = redis.opsForHash();
    return Objects.requireNonNullElse(hashes.get(keys.state(), PartitionKeys.EPOCH), FIRST_EPOCH);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void check(
      Findings findings, String name, Counter counter, String epoch, long highest) {
    String numbers = counter.numbers();
    if (numbers == null) {
      return;
    }
    OptionalLong count = Numbers.count(numbers);
    if (count.isEmpty()) {
      findings.add(
          "counter %s is no number; the next write that needs it sets it again".formatted(name));
    } else if (counter.epoch().equals(epoch) && count.getAsLong() < highest) {
      findings.add(
          "counter %s is at %s, but number %d is persisted".formatted(name, numbers, highest));
    }
  }
}

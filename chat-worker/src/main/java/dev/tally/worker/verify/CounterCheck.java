package dev.tally.worker.verify;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.QueueState;
import dev.tally.worker.numbers.Counters;
import dev.tally.worker.numbers.Counters.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Checks that no counter is lower than a persisted number: it would give that number out again. One
 * that is no number is wrong too. A missing counter is right, and one of an older epoch, because
 * the gateway recovers it.
 */
@Component
class CounterCheck {

  private final StringRedisTemplate redis;
  private final RedisLayout layout;
  private final JobCodec codec;
  private final Counters counters;

  CounterCheck(StringRedisTemplate redis, RedisLayout layout, JobCodec codec, Counters counters) {
    this.redis = redis;
    this.layout = layout;
    this.codec = codec;
    this.counters = counters;
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

  /**
   * Checks the counter of an app.
   *
   * @return the highest number that it has given out in the present epoch, 0 if it does not tell
   */
  long checkApp(Findings findings, AppToken app, long highest) {
    PartitionKeys keys = layout.partitions().of(app);
    Counter counter = counters.read(keys.chats(app));
    String epoch = counters.epoch(keys);
    check(findings, keys.chats(app), counter, epoch, highest);
    return counter.givenOut(epoch);
  }

  /**
   * The highest numbers of a chat.
   *
   * @param message of a message, 0 if there is none or it is not known
   * @param change of a change, 0 if there is none or it is not known
   */
  record Highest(long message, long change) {}

  /**
   * Checks the counters of chats.
   *
   * @param persisted the highest persisted numbers of each chat, all of this app
   * @return the highest numbers that each has given out in the present epoch
   */
  List<Highest> checkChats(Findings findings, List<ChatName> chats, List<Highest> persisted) {
    PartitionKeys keys = layout.partitions().of(chats.getFirst().app());
    List<String> names = chats.stream().map(keys::messages).toList();
    List<Counter> found = counters.read(names);
    String epoch = counters.epoch(keys);
    List<Highest> givenOut = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      Counter counter = found.get(i);
      check(findings, names.get(i), counter, epoch, persisted.get(i).message());
      Highest highest =
          new Highest(
              counter.givenOut(epoch), counter.givenOut(new Parent.Changes(chats.get(i)), epoch));
      if (highest.change() > 0 && highest.change() < persisted.get(i).change()) {
        findings.add(
            "counter %s has given out change %d, but change %d is persisted"
                .formatted(names.get(i), highest.change(), persisted.get(i).change()));
      }
      givenOut.add(highest);
    }
    return givenOut;
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

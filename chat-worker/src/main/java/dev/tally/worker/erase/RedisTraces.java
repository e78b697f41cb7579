package dev.tally.worker.erase;

import dev.tally.common.accept.counter.AppAccess;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.redis.KeyScan;
import dev.tally.worker.idempotency.RequestRecords;
import dev.tally.worker.numbers.Counters;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Erases what Redis has of a deleted chat or app: counters, idempotency records and dead letters.
 * Every command is short.
 */
@Component
class RedisTraces {

  /** Most chats whose counters are erased by their names: some seconds' work. */
  static final long MOST_NAMED = 10_000_000;

  private static final int NAMES_A_COMMAND = 1_000;

  private final StringRedisTemplate redis;
  private final RedisLayout layout;
  private final KeyScan scan;
  private final WaitingJobs waiting;
  private final DeadLetters letters;
  private final AppAccess access;
  private final RequestRecords records;
  private final Counters counters;

  RedisTraces(
      StringRedisTemplate redis,
      RedisLayout layout,
      KeyScan scan,
      WaitingJobs waiting,
      DeadLetters letters) {
    this.redis = redis;
    this.layout = layout;
    this.scan = scan;
    this.waiting = waiting;
    this.letters = letters;
    this.access = new AppAccess(redis, layout);
    this.records = new RequestRecords(redis);
    this.counters = new Counters(redis);
  }

  /** What is gone. */
  record Erased(long records, long deadLetters) {

    boolean isNothing() {
      return records + deadLetters == 0;
    }
  }

  /** Makes gateways refuse an app's writes, now and after Redis has lost that. */
  void close(AppToken app) {
    access.delete(app);
  }

  /** Whether writes of an app are not persisted and acknowledged yet. */
  boolean isOnItsWay(AppToken app) {
    return waiting.has(app);
  }

  /**
   * Whether a write to a chat is claimed, and may be delivered again: what it was persisted as must
   * be there until it is acknowledged. Writes to the chat that were accepted before its deletion
   * come before that in the app's list.
   */
  boolean isClaimed(ChatName chat) {
    return waiting.hasLeftItsList(chat.app(), text -> JobText.chat(text).equals(Optional.of(chat)));
  }

  /** Erases what Redis has of a chat. A gateway learns from MySQL that the chat is deleted. */
  Erased eraseChat(ChatName chat) {
    redis.unlink(keys(chat.app()).messages(chat));
    long forgotten = 0;
    for (String hash : records.hashes(keys(chat.app()), chat.app())) {
      forgotten += records.removeIf(hash, record -> record.chat() == chat.number());
    }
    return new Erased(
        forgotten, erase(chat.app(), job -> JobText.chat(job).equals(Optional.of(chat))));
  }

  /**
   * Erases what Redis has of an app, but for what says that it is deleted. That also says how many
   * chats the app has had, so their counters are erased by their names, all in one step: its work
   * grows with the app's own chats. Without that number, Redis looks through the keys of all apps.
   */
  Erased eraseApp(AppToken app) {
    PartitionKeys keys = keys(app);
    OptionalLong chats = chats(keys, app);
    long forgotten;
    if (chats.isPresent()) {
      unlinkCounters(keys, app, chats.getAsLong());
      forgotten = records.removeAll(keys, app);
    } else {
      forgotten = unlinkFound(keys, app);
    }
    return new Erased(forgotten, erase(app, job -> JobText.app(job).equals(Optional.of(app))));
  }

  /**
   * The highest chat number given out in an app. Empty if its counter is lost or cannot be read; if
   * it is of an earlier epoch, because there may be later chats; and if the number is so high that
   * a look through all keys takes no longer, or somebody else wrote it.
   */
  private OptionalLong chats(PartitionKeys keys, AppToken app) {
    Counters.Counter counter = counters.read(keys.chats(app));
    String numbers = counter.numbers();
    if (numbers == null || !counter.epoch().equals(counters.epoch(keys))) {
      return OptionalLong.empty();
    }
    OptionalLong chats = Numbers.count(numbers);
    return chats.isPresent() && chats.getAsLong() <= MOST_NAMED ? chats : OptionalLong.empty();
  }

  private void unlinkCounters(PartitionKeys keys, AppToken app, long chats) {
    for (long first = 1; first <= chats; first += NAMES_A_COMMAND) {
      long last = Math.min(chats, first + NAMES_A_COMMAND - 1);
      redis.unlink(
          LongStream.rangeClosed(first, last)
              .mapToObj(number -> keys.messages(new ChatName(app, number)))
              .toList());
    }
  }

  /** Returns how many records were in what was found. */
  private long unlinkFound(PartitionKeys keys, AppToken app) {
    long[] forgotten = {0};
    scan.forEach(
        keys.messagesBeforeNumber(app) + "*",
        name -> {
          if (!name.equals(keys.chats(app)) && !name.equals(keys.jobs(app))) {
            if (name.contains(PartitionKeys.BEFORE_SLICE)) {
              forgotten[0] += redis.opsForHash().size(name);
            }
            redis.unlink(name);
          }
        });
    return forgotten[0];
  }

  private long erase(AppToken app, Predicate<String> isErased) {
    return letters.removeAll(
        keys(app), entry -> isErased.test(JobText.of(entry.letter())) && letters.drop(entry));
  }

  /** Forgets that an app is deleted. MySQL knows it. */
  void forget(AppToken app) {
    redis.unlink(keys(app).chats(app));
  }

  private PartitionKeys keys(AppToken app) {
    return layout.partitions().of(app);
  }
}

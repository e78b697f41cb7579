package dev.tally.common.accept.counter;

import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.RedisError;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The counters in Redis; runs {@code lua/recover.lua} and {@code lua/catch-up.lua}. The comments at
 * the calls are the scripts' names.
 */
final class Counters {

  @SuppressWarnings("rawtypes")
  private static final RedisScript<List> RECOVER =
      RedisScript.of(new ClassPathResource("lua/recover.lua"), List.class);

  private static final RedisScript<Long> CATCH_UP =
      RedisScript.of(new ClassPathResource("lua/catch-up.lua"), Long.class);

  /** One call looks at no more chats than this, and so holds Redis for a millisecond or two. */
  private static final int MOST_CHATS = 1_000;

  private final StringRedisTemplate redis;
  private final RedisLayout layout;

  Counters(StringRedisTemplate redis, RedisLayout layout) {
    this.redis = redis;
    this.layout = layout;
  }

  /** The present epoch of the parent's partition. */
  String epoch(Parent parent) {
    return Objects.requireNonNullElse(hashes().get(state(parent), PartitionKeys.EPOCH), "0");
  }

  /** The run in which the parent's partition was checked last. */
  String run(Parent parent) {
    return Objects.requireNonNullElse(hashes().get(state(parent), PartitionKeys.RUN), "");
  }

  /** The numbers given out in a parent; empty if its counter is missing or no number. */
  OptionalLong count(Parent parent) {
    try {
      String numbers = hashes().get(counter(parent), PartitionKeys.NUMBERS);
      return numbers == null ? OptionalLong.empty() : Numbers.count(numbers);
    } catch (DataAccessException e) {
      if (RedisError.isWrongType(e)) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  /** Whether the counter is there, but has not been used in this epoch. */
  boolean isOfOlderEpoch(Parent parent, String epoch) {
    try {
      List<String> counter =
          hashes().multiGet(counter(parent), List.of(PartitionKeys.NUMBERS, PartitionKeys.EPOCH));
      String ofCounter = Objects.requireNonNullElse(counter.get(1), "0");
      return counter.get(0) != null && !ofCounter.equals(epoch);
    } catch (DataAccessException e) {
      if (RedisError.isWrongType(e)) {
        return false;
      }
      throw e;
    }
  }

  /** Whether the counter is a number of this epoch. */
  boolean isOfEpoch(Parent parent, String epoch) {
    return count(parent).isPresent() && !isOfOlderEpoch(parent, epoch);
  }

  /** An app's access state; null if Redis does not know it in this epoch. */
  @Nullable String access(Parent.App app) {
    try {
      List<String> found =
          hashes().multiGet(counter(app), List.of(PartitionKeys.ACCESS, PartitionKeys.EPOCH));
      String ofCounter = Objects.requireNonNullElse(found.get(1), "0");
      return ofCounter.equals(epoch(app)) ? found.get(0) : null;
    } catch (DataAccessException e) {
      if (RedisError.isWrongType(e)) {
        return null;
      }
      throw e;
    }
  }

  /**
   * Sets a counter that is missing, of an older epoch, or no number, and a chat's number of changes
   * that is missing or no number. Opens an app, unless it was deleted in this epoch: the caller
   * keeps others from deleting it meanwhile.
   *
   * @param inUse the highest numbers in use
   * @param epoch the epoch in which they were looked for
   * @return what is set: nothing if somebody else was faster, or another epoch has begun
   */
  Recovered recover(Parent parent, InUse inUse, String epoch) {
    List<?> set =
        redis.execute(
            RECOVER,
            List.of(counter(parent), state(parent)), // counter, state
            text(inUse.number()), // highest
            epoch, // epoch
            text(inUse.change()), // highest_change
            parent instanceof Parent.App ? PartitionKeys.OPEN : ""); // access
    return new Recovered(number(set.get(0)), number(set.get(1)));
  }

  private static String text(OptionalLong number) {
    return number.isPresent() ? Long.toString(number.getAsLong()) : "";
  }

  private static OptionalLong number(Object set) {
    long number = (Long) set;
    return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /**
   * The highest numbers in use.
   *
   * @param number empty if the counter knows it
   * @param change that of a change; empty if the parent has none
   */
  record InUse(OptionalLong number, OptionalLong change) {

    /** For a counter of which only the access state is missing. */
    static final InUse KNOWN = new InUse(OptionalLong.empty(), OptionalLong.empty());
  }

  /** The numbers that a counter was set to; each empty if it was left alone. */
  record Recovered(OptionalLong number, OptionalLong change) {}

  /**
   * Raises the counter of an app's chats to the chats that exist, by some at least.
   *
   * @param persisted the highest persisted chat
   * @return whether it was behind
   */
  boolean catchUp(Parent parent, long persisted) {
    Long raised =
        redis.execute(
            CATCH_UP,
            List.of(counter(parent), state(parent)), // counter, state
            Long.toString(persisted), // persisted
            keys(parent).messagesBeforeNumber(parent.app()), // before_chat_number
            PartitionKeys.MESSAGES_AFTER_NUMBER, // after_chat_number
            Integer.toString(MOST_CHATS)); // most
    return Objects.equals(raised, 1L);
  }

  private HashOperations<String, String, String> hashes() {
    return redis.opsForHash();
  }

  private String counter(Parent parent) {
    return parent.counter(keys(parent));
  }

  private String state(Parent parent) {
    return keys(parent).state();
  }

  private PartitionKeys keys(Parent parent) {
    return layout.partitions().of(parent.app());
  }
}

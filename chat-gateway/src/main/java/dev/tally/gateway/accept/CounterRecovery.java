package dev.tally.gateway.accept;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.log.LoggedToken;
import dev.tally.common.log.RepeatedWarning;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.redis.RedisError;
import dev.tally.common.web.problem.ProblemException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.stereotype.Component;

/**
 * Sets a counter that Redis does not have to the highest number in MySQL: the counter of a new app,
 * or one that Redis lost. Raises a counter of chats that is behind the chats that exist. Reports a
 * counter that is no number.
 *
 * <p>It never lowers a counter. When several gateways recover the same counter, one of them sets it
 * and the others use that one.
 */
@Component
final class CounterRecovery {

  private static final Logger log = LoggerFactory.getLogger(CounterRecovery.class);

  /** What Redis answers to a script that takes a number from such a counter. */
  private static final Pattern NO_NUMBER =
      Pattern.compile("WRONGTYPE|value is not an integer|increment or decrement would overflow");

  private static final RedisScript<Long> CATCH_UP =
      RedisScript.of(new ClassPathResource("lua/catch-up.lua"), Long.class);

  /** One call looks at no more chats than this, and so holds Redis for a millisecond or two. */
  private static final int MOST_CHATS = 1_000;

  private final RepeatedWarning dataLost = new RepeatedWarning(log);
  private final RepeatedWarning noNumber = new RepeatedWarning(log);
  private final PersistedNumbers persisted;
  private final StringRedisTemplate redis;
  private final RedisLayout layout;
  private final Counter recovered;
  private final Counter lost;
  private final Counter unusable;
  private final Absences absences = new Absences(Ticker.systemTicker());

  CounterRecovery(
      PersistedNumbers persisted,
      StringRedisTemplate redis,
      RedisLayout layout,
      MeterRegistry meters) {
    this.persisted = persisted;
    this.redis = redis;
    this.layout = layout;
    this.recovered =
        Counter.builder("tally.counters.recovered")
            .description("Counters that Redis did not have, set to the highest number in MySQL")
            .register(meters);
    this.lost =
        Counter.builder("tally.counters.lost")
            .description("Counters that Redis had lost or that were behind: it lost data")
            .register(meters);
    this.unusable =
        Counter.builder("tally.counters.unusable")
            .description("Writes that failed because their counter in Redis is no number")
            .register(meters);
  }

  /**
   * Recovers the parent's counter if that is what the script asked for.
   *
   * @return whether it did, so that the script should be asked again
   * @throws ProblemException 404 if MySQL does not know the parent
   * @throws DataAccessException if MySQL or Redis does not answer
   */
  boolean recover(Parent parent, Acceptance acceptance) {
    return switch (acceptance) {
      case Acceptance.UnknownParent _ -> {
        set(parent, highest(parent));
        yield true;
      }
      case Acceptance.CounterBehind _ -> {
        catchUp(parent, highest(parent));
        yield true;
      }
      default -> false;
    };
  }

  private long highest(Parent parent) {
    PersistedNumbers.Answer answer = absences.of(parent);
    if (answer == null) {
      answer = persisted.highest(parent);
      if (answer instanceof PersistedNumbers.Absent absent) {
        absences.add(parent, absent);
      }
    }
    return switch (answer) {
      case PersistedNumbers.Highest(long number) -> number;
      case PersistedNumbers.Absent.APP -> throw ProblemException.appNotFound();
      case PersistedNumbers.Absent.CHAT -> throw ProblemException.chatNotFound();
    };
  }

  private void set(Parent parent, long highest) {
    String counter = counter(parent);
    if (Boolean.TRUE.equals(
        redis
            .<String, String>opsForHash()
            .putIfAbsent(counter, PartitionKeys.NUMBERS, Long.toString(highest)))) {
      recovered.increment();
      if (hadCounter(parent, highest)) {
        lost.increment();
        dataLost.warn(
            () ->
                """
                Redis has lost data: the counter %s goes on after %d, the highest number in MySQL; \
                writes that were accepted after that number and not persisted are lost"""
                    .formatted(LoggedToken.in(counter), highest));
      }
    }
  }

  /**
   * Whether Redis must have had the counter. A new app has none; the script that accepts a chat
   * also sets the chat's counter.
   */
  private static boolean hadCounter(Parent parent, long highest) {
    return parent instanceof Parent.Chat || highest > 0;
  }

  private void catchUp(Parent parent, long highest) {
    PartitionKeys keys = layout.partitions().of(parent.app());
    String counter = parent.counter(keys);
    Long raised =
        redis.execute(
            CATCH_UP,
            List.of(counter), // counter
            Long.toString(highest), // persisted
            keys.messagesBeforeNumber(parent.app()), // before_chat_number
            PartitionKeys.MESSAGES_AFTER_NUMBER, // after_chat_number
            Integer.toString(MOST_CHATS)); // most
    if (Objects.equals(raised, 1L)) {
      lost.increment();
      dataLost.warn(
          () ->
              """
              Redis has lost data: the counter %s was behind the chats that exist, and goes on after \
              them"""
                  .formatted(LoggedToken.in(counter)));
    }
  }

  /**
   * Reports the parent's counter in the log and a metric, if it is why a script failed.
   *
   * @param fault what the script threw
   */
  void reportIfUnusable(Parent parent, DataAccessException fault) {
    String answer = RedisError.text(fault);
    if (!NO_NUMBER.matcher(answer).find()) {
      return;
    }
    String counter = counter(parent);
    if (answer.contains("WRONGTYPE") && isHash(counter)) {
      // Another key of the script has the wrong type.
      return;
    }
    unusable.increment();
    noNumber.warn(
        () ->
            """
            the counter %s in Redis is no number, so every write that needs it fails: when the queue \
            of its partition is empty, delete the counter, and the gateway sets it to the highest \
            number in MySQL"""
                .formatted(LoggedToken.in(counter)));
  }

  private boolean isHash(String counter) {
    try {
      return redis.type(counter) == DataType.HASH;
    } catch (DataAccessException e) {
      log.debug("Redis did not tell the type of a counter: {}", LoggedFault.line(e));
      return true;
    }
  }

  private String counter(Parent parent) {
    return parent.counter(layout.partitions().of(parent.app()));
  }
}

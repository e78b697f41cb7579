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
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Sets a counter that Redis does not have to the highest number in MySQL: the counter of a new app,
 * or one that Redis lost. Reports a counter that is no number.
 *
 * <p>It never changes a counter that exists. When several gateways recover the same counter, one of
 * them sets it and the others use that one.
 */
@Component
final class CounterRecovery {

  private static final Logger log = LoggerFactory.getLogger(CounterRecovery.class);

  /** What Redis answers to a script that takes a number from such a counter. */
  private static final Pattern NO_NUMBER =
      Pattern.compile("WRONGTYPE|value is not an integer|increment or decrement would overflow");

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
            .description("Recovered counters that Redis had before: it lost data")
            .register(meters);
    this.unusable =
        Counter.builder("tally.counters.unusable")
            .description("Writes that failed because their counter in Redis is no number")
            .register(meters);
  }

  /**
   * Makes sure that the parent has a counter.
   *
   * @throws ProblemException 404 if MySQL does not know the parent either
   * @throws org.springframework.dao.DataAccessException if MySQL or Redis does not answer
   */
  void recover(Parent parent) {
    PersistedNumbers.Answer answer = absences.of(parent);
    if (answer == null) {
      answer = persisted.highest(parent);
      if (answer instanceof PersistedNumbers.Absent absent) {
        absences.add(parent, absent);
      }
    }
    switch (answer) {
      case PersistedNumbers.Highest(long number) -> set(parent, number);
      case PersistedNumbers.Absent.APP -> throw ProblemException.appNotFound();
      case PersistedNumbers.Absent.CHAT -> throw ProblemException.chatNotFound();
    }
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

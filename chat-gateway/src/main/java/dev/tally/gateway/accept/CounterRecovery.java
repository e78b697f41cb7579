package dev.tally.gateway.accept;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tally.common.log.LoggedToken;
import dev.tally.common.log.RepeatedWarning;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.web.problem.ProblemException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Gives Redis a counter that it does not know, from what MySQL holds: for an app that has just been
 * created, or after Redis has lost its data.
 *
 * <p>The counter is only ever set where there is none, so of any number of gateways that recover
 * the same counter one wins and the others go on with what it set.
 */
@Component
final class CounterRecovery {

  private static final Logger log = LoggerFactory.getLogger(CounterRecovery.class);

  /**
   * How long an absence is believed: it spares MySQL a client that keeps asking for what is not
   * there.
   */
  private static final Duration ABSENCE_LIFE = Duration.ofSeconds(1);

  private static final int MAX_ABSENCES = 10_000;

  private final RepeatedWarning dataLost = new RepeatedWarning(log);
  private final PersistedNumbers persisted;
  private final StringRedisTemplate redis;
  private final RedisLayout layout;
  private final Counter recovered;
  private final Counter lost;
  private final Cache<Parent, PersistedNumbers.Absent> absences =
      Caffeine.newBuilder().expireAfterWrite(ABSENCE_LIFE).maximumSize(MAX_ABSENCES).build();

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
            .description("Counters that Redis did not have and MySQL's highest number was put into")
            .register(meters);
    this.lost =
        Counter.builder("tally.counters.lost")
            .description("Counters that Redis must have had: it has lost data")
            .register(meters);
  }

  /**
   * Sees to it that the parent has a counter.
   *
   * @throws ProblemException 404 if MySQL does not know the parent either
   * @throws org.springframework.dao.DataAccessException if MySQL or Redis does not answer
   */
  void recover(Parent parent) {
    PersistedNumbers.Answer answer = absences.getIfPresent(parent);
    if (answer == null) {
      answer = persisted.highest(parent);
    }
    switch (answer) {
      case PersistedNumbers.Highest(long number) -> set(parent, number);
      case PersistedNumbers.Absent absent -> {
        absences.put(parent, absent);
        throw switch (absent) {
          case APP -> ProblemException.appNotFound();
          case CHAT -> ProblemException.chatNotFound();
        };
      }
    }
  }

  private void set(Parent parent, long highest) {
    PartitionKeys keys = layout.partitions().of(parent.app());
    String counter =
        switch (parent) {
          case Parent.App app -> keys.chats(app.app());
          case Parent.Chat chat -> keys.messages(chat.app(), chat.number());
        };
    if (Boolean.TRUE.equals(redis.opsForValue().setIfAbsent(counter, Long.toString(highest)))) {
      recovered.increment();
      if (hadCounter(parent, highest)) {
        lost.increment();
        dataLost.warn(
            () ->
                """
                Redis has lost data: the counter %s goes on after %d, the highest number in MySQL; \
                what was accepted after that and not persisted is lost"""
                    .formatted(LoggedToken.in(counter), highest));
      }
    }
  }

  /** An app that is new has had none yet; a chat has one from the moment of its acceptance on. */
  private static boolean hadCounter(Parent parent, long highest) {
    return parent instanceof Parent.Chat || highest > 0;
  }
}

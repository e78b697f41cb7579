package dev.tally.worker.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.ErrorResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.FixedBackOff;

class RetryTest {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger(RetryTest.class);
  private static final BackOff BACK_OFF =
      Retry.endless(Duration.ofMillis(50), Duration.ofSeconds(5));

  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final List<Duration> waits = new ArrayList<>();
  private final AtomicInteger failures = new AtomicInteger();
  private final Retry retry =
      new Retry(LOG, "persisting", BACK_OFF, waits::add, failures::incrementAndGet);

  @BeforeEach
  void listen() {
    logged.start();
    LOG.setLevel(Level.INFO);
    LOG.addAppender(logged);
  }

  @AfterEach
  void stopListening() {
    LOG.detachAppender(logged);
  }

  @Test
  void workThatSucceedsIsDoneOnceAndSaysNothing() {
    assertThat(retry.call(failing(0))).isEqualTo("attempt 1");

    assertThat(waits).isEmpty();
    assertThat(failures).hasValue(0);
    assertThat(lines()).isEmpty();
  }

  @Test
  void failuresAreCountedAndTheFirstEveryTenthAndTheEndAreLogged() {
    assertThat(retry.call(failing(21))).isEqualTo("attempt 22");

    assertThat(failures).hasValue(21);
    String failed = "WARN persisting failed and is tried again: QueryTimeoutException: failure ";
    assertThat(lines())
        .containsExactly(
            failed + "1",
            failed + "11",
            failed + "21",
            "INFO persisting works again after 21 failures");
  }

  @Test
  void waitsDoubleUpToTheLongest() {
    retry.call(failing(9));

    assertThat(waits).hasSize(9);
    for (int i = 0; i < waits.size(); i++) {
      long expected = Math.min(5_000, 50L << i);
      assertThat(waits.get(i))
          .isBetween(Duration.ofMillis(expected / 2), Duration.ofMillis(expected * 3 / 2));
    }
  }

  @Test
  void eachCallBeginsWithTheFirstWait() {
    retry.call(failing(5));
    waits.clear();

    retry.call(failing(1));

    assertThat(waits)
        .singleElement()
        .satisfies(wait -> assertThat(wait).isLessThan(Duration.ofMillis(100)));
  }

  @Test
  void aPauseMayEndTheWork() {
    AtomicInteger attempts = new AtomicInteger();
    Retry ending =
        new Retry(
            LOG,
            "persisting",
            BACK_OFF,
            _ -> {
              throw new CancellationException("the lease is lost");
            },
            failures::incrementAndGet);

    assertThatThrownBy(
            () ->
                ending.run(
                    () -> {
                      attempts.incrementAndGet();
                      throw new QueryTimeoutException("away");
                    }))
        .isInstanceOf(CancellationException.class)
        .hasMessage("the lease is lost");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void theLastFailureIsThrownWhenTheBackOffEnds() {
    Retry bounded =
        new Retry(LOG, "persisting", new FixedBackOff(1, 2), waits::add, failures::incrementAndGet);

    assertThatThrownBy(() -> bounded.call(failing(9))).hasMessage("failure 3");
    assertThat(waits).hasSize(2);
    assertThat(failures).hasValue(3);
  }

  @ParameterizedTest
  @MethodSource("failuresOfServers")
  void failuresOfServersAreRepeated(RuntimeException failure) {
    AtomicInteger attempts = new AtomicInteger();

    retry.run(
        () -> {
          if (attempts.incrementAndGet() == 1) {
            throw failure;
          }
        });

    assertThat(attempts).hasValue(2);
  }

  static List<RuntimeException> failuresOfServers() {
    return List.of(
        new QueryTimeoutException("MySQL or Redis"),
        new CannotCreateTransactionException("MySQL"),
        new UncheckedIOException(new IOException("Elasticsearch")),
        refusal());
  }

  @Test
  void aRefusalOfElasticsearchIsLoggedByItsType() {
    AtomicInteger attempts = new AtomicInteger();

    retry.run(
        () -> {
          if (attempts.incrementAndGet() == 1) {
            throw refusal();
          }
        });

    assertThat(lines()).first().asString().endsWith("tried again: circuit_breaking_exception");
  }

  @Test
  void otherFailuresAreThrownAtOnce() {
    assertThatThrownBy(
            () ->
                retry.run(
                    () -> {
                      throw new IllegalStateException("a defect");
                    }))
        .hasMessage("a defect");
    assertThat(failures).hasValue(0);
    assertThat(waits).isEmpty();
  }

  /** Work whose first attempts fail. */
  private static Supplier<String> failing(int times) {
    AtomicInteger attempts = new AtomicInteger();
    return () -> {
      int attempt = attempts.incrementAndGet();
      if (attempt <= times) {
        throw new QueryTimeoutException("failure " + attempt);
      }
      return "attempt " + attempt;
    };
  }

  private static ElasticsearchException refusal() {
    return new ElasticsearchException(
        "es/bulk",
        ErrorResponse.of(
            response ->
                response
                    .status(429)
                    .error(error -> error.type("circuit_breaking_exception").reason("a text"))));
  }

  private List<String> lines() {
    return logged.list.stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage())
        .toList();
  }
}

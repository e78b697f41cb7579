package dev.tally.common.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RepeatedWarningTest {

  private static final Logger LOG = (Logger) LoggerFactory.getLogger(RepeatedWarningTest.class);

  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);
  private final RepeatedWarning warning = new RepeatedWarning(LOG, nanoTime::get);

  @BeforeEach
  void listen() {
    said.start();
    LOG.addAppender(said);
  }

  @AfterEach
  void stopListening() {
    LOG.detachAppender(said);
  }

  @Test
  void theFirstIsSaidAtOnce() {
    warning.warn(() -> "it is down");
    assertThat(lines()).containsExactly("it is down");
  }

  @Test
  void laterWarningsAreCountedUntilTheIntervalIsOver() {
    for (int i = 0; i < 1000; i++) {
      warning.warn(() -> "it is down");
    }
    pass(RepeatedWarning.INTERVAL.minusNanos(1));
    warning.warn(() -> "it is down");
    assertThat(lines()).hasSize(1);

    pass(Duration.ofNanos(1));
    warning.warn(() -> "it is still down");
    assertThat(lines()).last().isEqualTo("it is still down (and 1000 more like it before)");
  }

  @Test
  void aWarningLongAfterTheLastHasNoCount() {
    warning.warn(() -> "it is down");
    pass(Duration.ofHours(1));
    warning.warn(() -> "it is down again");
    assertThat(lines()).containsExactly("it is down", "it is down again");
  }

  private void pass(Duration time) {
    nanoTime.addAndGet(time.toNanos());
  }

  private List<String> lines() {
    return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}

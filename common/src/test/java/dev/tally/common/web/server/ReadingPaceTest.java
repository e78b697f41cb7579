package dev.tally.common.web.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReadingPaceTest {

  private static final long RATE = 1_000;

  private final ReadingPace pace = new ReadingPace(RATE, Duration.ofSeconds(10));
  private long now = -5;

  @Test
  void aClientThatReadsAsFastAsItMustMayReadForEver() {
    assertThatCode(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                write(RATE, true);
                pass(1);
              }
            })
        .doesNotThrowAnyException();
  }

  @Test
  void aClientThatReadsHalfAsFastIsCutOffWhenItIsTooFarBehind() throws Exception {
    write(RATE, true);
    for (int i = 0; i < 19; i++) {
      pass(1);
      write(RATE / 2, true);
    }
    pass(1);

    assertThatThrownBy(() -> pace.begin(now)).isInstanceOf(SocketTimeoutException.class);
    assertThatThrownBy(() -> pace.begin(now)).isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void timeInWhichNothingWaitsDoesNotCount() {
    assertThatCode(
            () -> {
              for (int i = 0; i < 100; i++) {
                write(1, false);
                pass(60);
              }
            })
        .doesNotThrowAnyException();
  }

  @Test
  void whatWasReadFastIsNoCredit() throws Exception {
    for (int i = 0; i < 1_000; i++) {
      write(RATE, false);
    }
    write(RATE, true);
    pass(11);

    assertThatThrownBy(() -> pace.begin(now)).isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void anotherRequestBeginsAnew() throws Exception {
    write(1, true);
    pass(9);
    write(1, false);
    pace.reset();
    write(1, true);
    pass(9);

    assertThatCode(() -> pace.begin(now)).doesNotThrowAnyException();
  }

  private void write(long bytes, boolean full) throws SocketTimeoutException {
    pace.begin(now);
    pace.end(bytes, full, now);
  }

  private void pass(long seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
  }
}

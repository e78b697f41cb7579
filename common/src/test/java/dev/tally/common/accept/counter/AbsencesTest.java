package dev.tally.common.accept.counter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.accept.counter.PersistedNumbers.Absent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AbsencesTest {

  private static final AppToken APP = new AppToken("a".repeat(32));
  private static final AppToken OTHER = new AppToken("b".repeat(32));
  private static final Parent CHAT = chat(1);

  private final AtomicLong nanoTime = new AtomicLong();
  private final Absences absences = new Absences(nanoTime::get);

  @Test
  void anAbsenceIsRememberedOfItsParentOnly() {
    absences.add(CHAT, Absent.CHAT);
    absences.add(new Parent.App(OTHER), Absent.APP);

    assertThat(absences.of(CHAT)).isEqualTo(Absent.CHAT);
    assertThat(absences.of(new Parent.App(OTHER))).isEqualTo(Absent.APP);
    assertThat(absences.of(new Parent.App(APP))).isNull();
    assertThat(absences.of(chat(2))).isNull();
  }

  @Test
  void anAbsenceIsForgottenAfterASecond() {
    absences.add(CHAT, Absent.CHAT);

    pass(Duration.ofMillis(999));
    assertThat(absences.of(CHAT)).isEqualTo(Absent.CHAT);

    // Asking does not make it last.
    pass(Duration.ofMillis(1));
    assertThat(absences.of(CHAT)).isNull();
  }

  @Test
  void tenThousandAbsencesAreRemembered() {
    for (long number = 1; number <= 30_000; number++) {
      absences.add(chat(number), Absent.CHAT);
    }

    await()
        .untilAsserted(
            () ->
                assertThat(
                        LongStream.rangeClosed(1, 30_000)
                            .filter(number -> absences.of(chat(number)) != null)
                            .count())
                    .isBetween(9_000L, 10_000L));
  }

  private static Parent chat(long number) {
    return new Parent.Chat(new ChatName(APP, number));
  }

  private void pass(Duration time) {
    nanoTime.addAndGet(time.toNanos());
  }
}

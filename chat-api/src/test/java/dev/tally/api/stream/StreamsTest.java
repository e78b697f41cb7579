package dev.tally.api.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.api.chat.Chats;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StreamsTest {

  private static final AppToken ACME = new AppToken("a".repeat(32));
  private static final AppToken OTHER = new AppToken("b".repeat(32));

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Streams streams =
      new Streams(
          new StreamProperties(5, 3, Duration.ofSeconds(15), Duration.ofSeconds(1)), meters);

  @Test
  void streamsOfAChatShareAWatch() {
    ChatWatch watch = streams.open(chat(ACME, 1));

    assertThat(watch.chat()).isEqualTo(chat(ACME, 1));
    assertThat(streams.open(chat(ACME, 1))).isSameAs(watch);
    assertThat(streams.open(chat(ACME, 2))).isNotSameAs(watch);
    assertThat(streams.open(chat(OTHER, 1))).isNotSameAs(watch);
    assertThat(streams.watch(new ChatName(ACME, 1))).containsSame(watch);
    assertThat(streams.watches()).hasSize(3).contains(watch);
  }

  @Test
  void aChatIsWatchedUntilItsLastStreamCloses() {
    ChatWatch watch = streams.open(chat(ACME, 1));
    streams.open(chat(ACME, 1));
    ChatWatch other = streams.open(chat(ACME, 2));

    streams.close(watch);
    assertThat(streams.watch(new ChatName(ACME, 1))).containsSame(watch);
    streams.close(watch);
    assertThat(streams.watch(new ChatName(ACME, 1))).isEmpty();

    assertThat(streams.watches()).containsExactly(other);
    assertThat(streams.open(chat(ACME, 1))).isNotSameAs(watch);
  }

  @Test
  void aChatWithoutStreamsIsNotWatched() {
    streams.open(chat(ACME, 1));

    assertThat(streams.watch(new ChatName(ACME, 2))).isEmpty();
    assertThat(streams.watch(new ChatName(OTHER, 1))).isEmpty();
  }

  @Test
  void anAppHasALimitOfItsOwn() {
    ChatWatch first = streams.open(chat(ACME, 1));
    streams.open(chat(ACME, 1));
    streams.open(chat(ACME, 2));

    ProblemException problem = refused(ACME);
    assertThat(problem.type()).isEqualTo(ProblemType.RATE_LIMITED);
    assertThat(problem.retryAfter()).isEqualTo(Duration.ofSeconds(5));
    streams.open(chat(OTHER, 1));

    streams.close(first);
    streams.open(chat(ACME, 3));
    assertThat(refused(ACME).type()).isEqualTo(ProblemType.RATE_LIMITED);
  }

  @Test
  void allAppsTogetherHaveALimit() {
    List<ChatWatch> open = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      open.add(streams.open(chat(i <= 3 ? ACME : OTHER, i)));
    }

    ProblemException problem = refused(OTHER);
    assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
    assertThat(problem.retryAfter()).isEqualTo(Duration.ofSeconds(5));
    assertThat(streams.open()).isEqualTo(5);

    streams.close(open.getFirst());
    assertThat(streams.open()).isEqualTo(4);
    streams.open(chat(OTHER, 9));
  }

  @Test
  void aRefusedStreamTakesNoPlace() {
    for (int i = 1; i <= 3; i++) {
      streams.open(chat(ACME, 1));
    }
    refused(ACME);

    assertThat(streams.open()).isEqualTo(3);
    for (int i = 1; i <= 3; i++) {
      streams.close(streams.watch(new ChatName(ACME, 1)).orElseThrow());
    }
    assertThat(streams.watches()).isEmpty();
    assertThat(streams.open()).isZero();
  }

  @Test
  void stoppingEndsAllStreamsAndRefusesNewOnes() {
    ChatWatch one = streams.open(chat(ACME, 1));
    ChatWatch two = streams.open(chat(ACME, 2));
    assertThat(streams.isRunning()).isTrue();

    streams.stop();

    assertThat(one.isEnded()).isTrue();
    assertThat(two.isEnded()).isTrue();
    assertThat(streams.isRunning()).isFalse();
    ProblemException problem = refused(OTHER);
    assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
    assertThat(problem.retryAfter()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void startingAllowsStreamsAgain() {
    streams.stop();

    streams.start();

    assertThat(streams.isRunning()).isTrue();
    assertThat(streams.open(chat(ACME, 1)).isEnded()).isFalse();
  }

  @Test
  void metersShowHowManyStreamsAreOpenAndMayBe() {
    streams.open(chat(ACME, 1));
    streams.open(chat(ACME, 1));

    assertThat(meters.get("tally.streams.open").gauge().value()).isEqualTo(2);
    assertThat(meters.get("tally.streams.limit").gauge().value()).isEqualTo(5);
  }

  @Test
  void theLimitsHoldForStreamsThatOpenAtOnce() throws Exception {
    AtomicInteger most = new AtomicInteger();
    AtomicInteger open = new AtomicInteger();
    Callable<Integer> client =
        () -> {
          int refused = 0;
          for (int i = 0; i < 2_000; i++) {
            try {
              ChatWatch watch = streams.open(chat(ACME, i % 2 + 1));
              most.accumulateAndGet(open.incrementAndGet(), Math::max);
              assertThat(streams.watch(watch.chat().name())).containsSame(watch);
              open.decrementAndGet();
              streams.close(watch);
            } catch (ProblemException e) {
              refused++;
            }
          }
          return refused;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Integer> ended : threads.invokeAll(List.of(client, client, client, client))) {
        assertThat(ended.get()).isLessThanOrEqualTo(2_000);
      }
    }

    assertThat(most).hasValueLessThanOrEqualTo(3);
    assertThat(streams.open()).isZero();
    assertThat(streams.watches()).isEmpty();
  }

  private ProblemException refused(AppToken app) {
    ProblemException[] refused = new ProblemException[1];
    assertThatThrownBy(() -> streams.open(chat(app, 99)))
        .isInstanceOfSatisfying(ProblemException.class, problem -> refused[0] = problem);
    return refused[0];
  }

  private static Chats.Place chat(AppToken app, long number) {
    return new Chats.Place(
        new ChatName(app, number), new ChatKey(app.equals(ACME) ? 1 : 2, number));
  }
}

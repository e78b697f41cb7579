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
  private static final String ADDRESS = "192.0.2.1";

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Streams streams = new Streams(properties(5, 3, 9), meters);

  @Test
  void streamsOfAChatShareAWatch() {
    ChatWatch watch = open(chat(ACME, 1));

    assertThat(watch.chat()).isEqualTo(chat(ACME, 1));
    assertThat(open(chat(ACME, 1))).isSameAs(watch);
    assertThat(open(chat(ACME, 2))).isNotSameAs(watch);
    assertThat(open(chat(OTHER, 1))).isNotSameAs(watch);
    assertThat(streams.watch(new ChatName(ACME, 1))).containsSame(watch);
    assertThat(streams.watches()).hasSize(3).contains(watch);
  }

  @Test
  void aChatIsWatchedUntilItsLastStreamCloses() {
    ChatWatch watch = open(chat(ACME, 1));
    open(chat(ACME, 1));
    ChatWatch other = open(chat(ACME, 2));

    close(watch);
    assertThat(streams.watch(new ChatName(ACME, 1))).containsSame(watch);
    close(watch);
    assertThat(streams.watch(new ChatName(ACME, 1))).isEmpty();

    assertThat(streams.watches()).containsExactly(other);
    assertThat(open(chat(ACME, 1))).isNotSameAs(watch);
  }

  @Test
  void aChatWithoutStreamsIsNotWatched() {
    open(chat(ACME, 1));

    assertThat(streams.watch(new ChatName(ACME, 2))).isEmpty();
    assertThat(streams.watch(new ChatName(OTHER, 1))).isEmpty();
  }

  @Test
  void anAppHasALimitOfItsOwn() {
    ChatWatch first = open(chat(ACME, 1));
    open(chat(ACME, 1));
    open(chat(ACME, 2));

    ProblemException problem = refused(ACME);
    assertThat(problem.type()).isEqualTo(ProblemType.RATE_LIMITED);
    assertThat(problem.retryAfter()).isEqualTo(Duration.ofSeconds(5));
    open(chat(OTHER, 1));

    close(first);
    open(chat(ACME, 3));
    assertThat(refused(ACME).type()).isEqualTo(ProblemType.RATE_LIMITED);
  }

  @Test
  void allAppsTogetherHaveALimit() {
    List<ChatWatch> open = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      open.add(open(chat(i <= 3 ? ACME : OTHER, i)));
    }

    ProblemException problem = refused(OTHER);
    assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
    assertThat(problem.retryAfter()).isEqualTo(Duration.ofSeconds(5));
    assertThat(streams.open()).isEqualTo(5);

    close(open.getFirst());
    assertThat(streams.open()).isEqualTo(4);
    open(chat(OTHER, 9));
  }

  @Test
  void aRefusedStreamTakesNoPlace() {
    for (int i = 1; i <= 3; i++) {
      open(chat(ACME, 1));
    }
    refused(ACME);

    assertThat(streams.open()).isEqualTo(3);
    for (int i = 1; i <= 3; i++) {
      close(streams.watch(new ChatName(ACME, 1)).orElseThrow());
    }
    assertThat(streams.watches()).isEmpty();
    assertThat(streams.open()).isZero();
  }

  @Test
  void stoppingEndsAllStreamsAndRefusesNewOnes() {
    ChatWatch one = open(chat(ACME, 1));
    ChatWatch two = open(chat(ACME, 2));
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
    assertThat(open(chat(ACME, 1)).isEnded()).isFalse();
  }

  @Test
  void metersShowHowManyStreamsAreOpenAndMayBe() {
    open(chat(ACME, 1));
    open(chat(ACME, 1));

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
              ChatWatch watch = open(chat(ACME, i % 2 + 1));
              most.accumulateAndGet(open.incrementAndGet(), Math::max);
              assertThat(streams.watch(watch.chat().name())).containsSame(watch);
              open.decrementAndGet();
              close(watch);
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

  @Test
  void anAddressHasALimitOfItsOwn() {
    Streams streams = new Streams(properties(100, 50, 2), new SimpleMeterRegistry());
    ChatWatch first = streams.open(chat(ACME, 1), "198.51.100.1");
    streams.open(chat(OTHER, 1), "198.51.100.1");

    assertThatThrownBy(() -> streams.open(chat(ACME, 2), "198.51.100.1"))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.RATE_LIMITED));
    streams.open(chat(ACME, 2), "198.51.100.2");
    streams.close(first, "198.51.100.1");
    streams.open(chat(ACME, 2), "198.51.100.1");
  }

  @Test
  void oneStreamInTenIsKeptForAppsWithFew() {
    Streams streams = new Streams(properties(100, 100, 200), new SimpleMeterRegistry());
    for (int i = 0; i < 90; i++) {
      streams.open(chat(ACME, i), ADDRESS);
    }

    assertThatThrownBy(() -> streams.open(chat(ACME, 99), ADDRESS))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE));
    for (int i = 0; i < 10; i++) {
      streams.open(chat(OTHER, i), ADDRESS);
    }
    assertThatThrownBy(() -> streams.open(chat(new AppToken("c".repeat(32)), 1), ADDRESS))
        .isInstanceOf(ProblemException.class);
  }

  private static StreamProperties properties(int limit, int perApp, int perAddress) {
    Duration second = Duration.ofSeconds(1);
    return new StreamProperties(limit, perApp, perAddress, second, second, second);
  }

  private ChatWatch open(Chats.Place chat) {
    return streams.open(chat, ADDRESS);
  }

  private void close(ChatWatch watch) {
    streams.close(watch, ADDRESS);
  }

  private ProblemException refused(AppToken app) {
    ProblemException[] refused = new ProblemException[1];
    assertThatThrownBy(() -> open(chat(app, 99)))
        .isInstanceOfSatisfying(ProblemException.class, problem -> refused[0] = problem);
    return refused[0];
  }

  private static Chats.Place chat(AppToken app, long number) {
    return new Chats.Place(
        new ChatName(app, number), new ChatKey(app.equals(ACME) ? 1 : 2, number));
  }
}

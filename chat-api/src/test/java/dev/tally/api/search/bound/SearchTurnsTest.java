package dev.tally.api.search.bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.common.identity.AppToken;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SearchTurnsTest {

  private static final AppToken LOUD = new AppToken("a".repeat(32));
  private static final AppToken OTHER = new AppToken("b".repeat(32));

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void anAppThatWaitsForItselfLeavesTurnsToOthers() throws Exception {
    SearchTurns turns = turns(3, 2, Duration.ofMinutes(1));
    SearchTurns.Turn first = turns.take(LOUD);
    turns.take(LOUD);
    CompletableFuture<SearchTurns.Turn> third = takeLater(turns, LOUD);

    turns.take(OTHER).close();

    assertThat(third).isNotDone();
    first.close();
    third.get();
    turns.take(OTHER);
    assertThat(open()).isEqualTo(3);
  }

  @Test
  void anAppWhoseSearchesTakeTooLongGets429() {
    SearchTurns turns = turns(3, 1, Duration.ofMillis(50));
    SearchTurns.Turn turn = turns.take(LOUD);

    assertRefused(() -> turns.take(LOUD), ProblemType.RATE_LIMITED);

    turn.close();
    turns.take(LOUD).close();
    assertThat(refused("app")).isOne();
  }

  @Test
  void whoFindsTheProcessBusyGets503AndTakesNoTurn() {
    SearchTurns turns = turns(1, 1, Duration.ofMillis(50));
    SearchTurns.Turn turn = turns.take(LOUD);

    assertRefused(() -> turns.take(OTHER), ProblemType.UNAVAILABLE);

    turn.close();
    turns.take(OTHER).close();
    assertThat(refused("process")).isOne();
    assertThat(open()).isZero();
  }

  @Test
  void fewWaitAndMoreAreRefusedAtOnce() {
    SearchTurns turns = turns(3, 1, Duration.ofMinutes(1));
    SearchTurns.Turn turn = turns.take(LOUD);
    List<CompletableFuture<Void>> waiting = new ArrayList<>();
    for (int i = 0; i <= SearchTurns.MOST_WAITING; i++) {
      waiting.add(takeLater(turns, LOUD).thenAccept(SearchTurns.Turn::close));
    }

    await().until(() -> refused("app") == 1);
    assertThat(waiting.stream().filter(CompletableFuture::isDone)).hasSize(1);
    turns.take(OTHER).close();

    turn.close();
    await().until(() -> waiting.stream().allMatch(CompletableFuture::isDone));
    turns.take(LOUD).close();
    assertThat(open()).isZero();
  }

  private SearchTurns turns(int limit, int limitPerApp, Duration wait) {
    return new SearchTurns(new SearchProperties(limit, limitPerApp), wait, meters);
  }

  private CompletableFuture<SearchTurns.Turn> takeLater(SearchTurns turns, AppToken app) {
    return CompletableFuture.supplyAsync(() -> turns.take(app), threads);
  }

  private static void assertRefused(ThrowingCallable take, ProblemType type) {
    assertThatThrownBy(take)
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.type()).isEqualTo(type));
  }

  private double refused(String by) {
    return meters.get("tally.search.refused").tag("by", by).counter().count();
  }

  private double open() {
    return meters.get("tally.search.open").gauge().value();
  }
}

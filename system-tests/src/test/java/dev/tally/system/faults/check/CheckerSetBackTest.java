package dev.tally.system.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.Partitions;
import dev.tally.system.faults.servers.Raise;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Shows that the checker excuses what a server lost that was set back, and nothing else: what was
 * there before, and what was accepted afterwards, must be there.
 */
class CheckerSetBackTest extends CheckerFixture {

  private static final State.Dead SUPERSEDED = new State.Dead("superseded", CHAT, 4, "four");

  private static final Parent.Chat LOST_CHAT = new Parent.Chat("a".repeat(32), 1);
  private static final Partitions PARTITIONS = new Partitions(16);
  private static final int LOST_PARTITION =
      PARTITIONS.of(new AppToken(LOST_CHAT.app())).partition();

  /** Redis goes back now. */
  private void redisGoesBack(long kept) {
    goesBack(true, false, Map.of(CHAT, kept), Map.of());
  }

  /** MySQL goes back now. */
  private void mySqlGoesBack(long kept, Map<Parent, Long> reach) {
    goesBack(false, true, Map.of(CHAT, kept), reach);
  }

  private void lost(String body) {
    ask(say(CHAT, null, body), new Outcome.Accepted(4, 4));
  }

  private void voidRow(long number) {
    state.messages().computeIfAbsent(CHAT, _ -> new ArrayList<>()).add(State.Message.lost(number));
    state.chats().merge(CHAT, 1L, Long::sum);
    state.counters().put(CHAT, number);
  }

  @Test
  void aWriteMayBeLostWithTheTailOfRedis() {
    lost("four");
    redisGoesBack(3);

    assertThat(check()).isEmpty();
  }

  @Test
  void aWriteThatTheEarlierStateHasMustBeThere() {
    lost("four");
    redisGoesBack(4);

    assertOnly(new Violation.Lost(CHAT, 4));
  }

  @Test
  void aWriteAfterTheFaultMustBeThere() {
    redisGoesBack(3);
    lost("four");

    assertOnly(new Violation.Lost(CHAT, 4));
  }

  @Test
  void aLostNumberMayBeGivenToOneWriteAgain() {
    lost("four");
    redisGoesBack(3);
    accepted(CHAT, 4, "another");
    assertThat(check()).isEmpty();

    ask(say(CHAT, null, "a third"), new Outcome.Accepted(4, 4));

    assertThat(check())
        .contains(new Violation.GivenTwice(CHAT, 4))
        .doesNotContain(new Violation.Lost(CHAT, 4));
  }

  @Test
  void theContentOfALaterWriteMustBeItsOwn() {
    lost("four");
    redisGoesBack(3);
    ask(say(CHAT, null, "another"), new Outcome.Accepted(4, 4));
    row(CHAT, 4, "a third");

    assertOnly(new Violation.BodyDiffers(CHAT, 4, "another", "a third"));
  }

  @Test
  void aLostNumberIsNoExcuseForAGap() {
    lost("four");
    redisGoesBack(3);
    accepted(CHAT, 5, "five");

    assertOnly(new Violation.Gap(CHAT, 4, 4));
  }

  @Test
  void whatMySqlHasLostIsVoid() {
    lost("four");
    mySqlGoesBack(3, Map.of());
    voidRow(4);
    accepted(CHAT, 5, "five");

    assertThat(check()).isEmpty();
  }

  @Test
  void whatWaitedInRedisIsNotLostWithMySql() {
    lost("four");
    mySqlGoesBack(3, Map.of(CHAT, 3L));
    voidRow(4);

    assertOnly(new Violation.Lost(CHAT, 4));
  }

  @Test
  void aVoidRowNeedsAMySqlThatLostIt() {
    lost("four");
    redisGoesBack(3);
    voidRow(4);

    assertOnly(new Violation.Voided(CHAT, 4));
  }

  @Test
  void onlyAVoidChatIsLost() {
    ask(new Request.ReadChat(APP, 2), new Outcome.Refused(410, "chat-lost"));

    assertOnly(new Violation.Denied(OTHER_CHAT));
  }

  @Test
  void aVoidRowIsNotSearchable() {
    lost("four");
    mySqlGoesBack(3, Map.of());
    voidRow(4);
    state.indexed().getOrDefault(CHAT, Set.of()).add(4L);

    assertOnly(new Violation.OnlySearchable(CHAT, 4));
  }

  @Test
  void readsGoBackWithMySqlUntilItIsFilled() {
    accepted(CHAT, 4, "four");
    saw(CHAT, 0, 100, "one", "two", "three", "four");
    mySqlGoesBack(3, Map.of());
    saw(CHAT, 0, 100, "one", "two", "three");
    assertThat(check()).isEmpty();

    now += 2_000;
    saw(CHAT, 0, 100, "one", "two", "three");

    assertOnly(new Violation.WentBackwards(CHAT, 4, 3));
  }

  @Test
  void readsDoNotGoBackBeyondTheEarlierState() {
    mySqlGoesBack(3, Map.of());
    saw(CHAT, 0, 100, "one", "two");

    assertOnly(new Violation.WentBackwards(CHAT, 3, 2));
  }

  @Test
  void aDeadLetterMayNameWhatRedisLost() {
    lost("four");
    redisGoesBack(3);
    state.deadLetters().add(SUPERSEDED);
    assertThat(check()).isEmpty();

    state.deadLetters().add(new State.Dead("number-taken", CHAT, 4, "four"));

    assertOnly(new Violation.DeadLetter(CHAT, 4, "number-taken"));
  }

  @Test
  void aDeadLetterOfALaterWriteIsNamed() {
    redisGoesBack(3);
    accepted(CHAT, 4, "four");
    state.deadLetters().add(SUPERSEDED);

    assertOnly(new Violation.DeadLetter(CHAT, 4, "superseded"));
  }

  @Test
  void anAppMayBeLostWithMySqlIfTheEarlierStateDoesNotHaveIt() {
    ask(new Request.NewApp("third"), new Outcome.CreatedApp("c3"));
    ask(new Request.NewChat("c3", null), new Outcome.Accepted(1, 1));
    mySqlGoesBack(3, Map.of());
    ask(new Request.NewChat("c3", null), new Outcome.Refused(404, "app-not-found"));
    state.deadLetters().add(new State.Dead("app-missing", new Parent.App("c3"), 1, null));
    assertThat(check()).isEmpty();

    ask(new Request.NewApp("fourth"), new Outcome.CreatedApp("d4"));

    assertOnly(new Violation.AppLost("d4"));
  }

  /** Its idempotency record is lost with Redis, after a worker has persisted it. */
  @Test
  void aRepetitionAfterRedisWentBackMayStandTwice() {
    Request request = say(CHAT, "key", "four");
    ask(request, UNKNOWN);
    redisGoesBack(3);
    ask(request, new Outcome.Accepted(5, 5));
    row(CHAT, 4, "four");
    row(CHAT, 5, "four");
    assertThat(check()).isEmpty();

    setBacks.clear();

    assertOnly(new Violation.Doubled(CHAT, 4));
  }

  /** One attempt is taken by the Redis that is replaced, the other by the one that replaces it. */
  @Test
  void aRepetitionWhileRedisIsReplacedMayStandTwice() {
    repeatedAndDoubled();
    redisGoesBack(3);

    assertThat(check()).isEmpty();
  }

  @Test
  void aRepetitionBeforeRedisWentBackStandsOnce() {
    repeatedAndDoubled();
    now += FROZEN.toNanos();
    redisGoesBack(3);

    assertOnly(new Violation.Doubled(CHAT, 4));
  }

  private void repeatedAndDoubled() {
    Request request = say(CHAT, "key", "four");
    ask(request, UNKNOWN);
    ask(request, new Outcome.Accepted(5, 5));
    row(CHAT, 4, "four");
    row(CHAT, 5, "four");
  }

  @Test
  void aLostChatMayBeUnknown() {
    ask(new Request.NewChat(APP, null), new Outcome.Accepted(3, 3));
    redisGoesBack(3);
    ask(say(new Parent.Chat(APP, 3), null, "lost"), new Outcome.Refused(404, "chat-not-found"));
    assertThat(check()).isEmpty();

    ask(say(OTHER_CHAT, null, "lost"), new Outcome.Refused(404, "chat-not-found"));

    assertOnly(new Violation.Denied(OTHER_CHAT));
  }

  /** The new primary does not know it, and the frozen one has not become a replica yet. */
  @Test
  void aLostChatMayBeUnknownFromTheBeginningOfTheFault() {
    ask(new Request.NewChat(APP, null), new Outcome.Accepted(3, 3));
    ask(say(new Parent.Chat(APP, 3), null, "lost"), new Outcome.Refused(404, "chat-not-found"));
    assertThat(check()).contains(new Violation.Denied(new Parent.Chat(APP, 3)));
    redisGoesBack(3);

    assertThat(check()).isEmpty();
  }

  @Test
  void aPartOfABatchMayBeLost() {
    ask(say(CHAT, null, "four", "five"), new Outcome.Accepted(4, 5));
    redisGoesBack(4);
    row(CHAT, 4, "four");

    assertThat(check()).isEqualTo(List.of());
  }

  @Test
  void aLossThatNoLogNamesIsFound() {
    Losses losses = oneLostNumber(Duration.ZERO);
    Instant soon = GONE.plusSeconds(1);

    assertThat(unnamed(losses, LOST_PARTITION, soon)).isEmpty();
    assertThat(unnamed(losses, LOST_PARTITION + 1, soon))
        .containsExactly(
            "%s: number 1 is lost, and no log names a loss in partition %d"
                .formatted(LOST_CHAT, LOST_PARTITION));
    assertThat(unnamed(losses, LOST_PARTITION, GONE.minusSeconds(1))).hasSize(1);
    assertThat(unnamed(losses, LOST_PARTITION, GONE.plus(Duration.ofHours(1)))).hasSize(1);
  }

  /**
   * Who talks to the new primary may notice the loss before the frozen one has become a replica.
   */
  @Test
  void aLossMayBeNamedFromTheBeginningOfTheFault() {
    Losses losses = oneLostNumber(FROZEN.plusSeconds(2));

    assertThat(unnamed(losses, LOST_PARTITION, GONE.minus(FROZEN).plusMillis(1))).isEmpty();
    assertThat(unnamed(losses, LOST_PARTITION, GONE.minus(FROZEN).minusSeconds(1))).hasSize(1);
  }

  @Test
  void aLossIsNotNamedBeforeTheWrite() {
    Losses losses = oneLostNumber(FROZEN.minusSeconds(2));

    assertThat(unnamed(losses, LOST_PARTITION, GONE.minus(FROZEN).plusMillis(1))).hasSize(1);
    assertThat(unnamed(losses, LOST_PARTITION, GONE.minus(FROZEN).plusSeconds(3))).isEmpty();
  }

  /**
   * Redis loses a message.
   *
   * @param before how long before that it was written
   */
  private Losses oneLostNumber(Duration before) {
    app(LOST_CHAT.app());
    chat(LOST_CHAT);
    ask(say(LOST_CHAT, null, "one"), new Outcome.Accepted(1, 1));
    now += before.toNanos();
    goesBack(true, false, Map.of(new Parent.App(LOST_CHAT.app()), 1L), Map.of());
    Losses losses = new Losses(setBacks);
    assertThat(Checker.check(history, state, losses)).isEmpty();
    assertThat(losses.count()).isEqualTo(1);
    return losses;
  }

  private static List<String> unnamed(Losses losses, int partition, Instant raise) {
    return losses.unnamed(List.of(new Raise(partition, raise)), PARTITIONS);
  }
}

package dev.tally.system.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Shows that the checker excuses changes that a server lost that was set back, and nothing else:
 * the text goes back to the earlier state's, and no further.
 */
class CheckerSetBackChangesTest extends CheckerChangesFixture {

  private static final State.Message EDITED = edited(2, "two", "TWO", 1);
  private static final Violation BLANK = new Violation.WrongBefore(CHANGES, 1, "two", null);

  /** One change that no server loses. */
  CheckerSetBackChangesTest() {
    changed(edit(2, "a", "TWO", null), "applied", "two");
    says(EDITED);
  }

  private void lost(Request.Change change) {
    ask(change, new Outcome.Accepted(2, 2));
  }

  private void redisGoesBack() {
    goesBack(true, false, Map.of(CHAT, 3L, CHANGES, 1L), Map.of());
  }

  private void mySqlGoesBack(Map<Parent, Long> reach) {
    goesBack(false, true, Map.of(CHAT, 3L, CHANGES, 1L), reach);
  }

  private void voidRow(long number) {
    add(State.Change.of(number, null, 0, "lost", null, null));
  }

  @Test
  void aChangeMayBeLostWithTheTailOfRedis() {
    lost(edit(2, "b", "II", null));
    redisGoesBack();
    assertThat(check()).isEmpty();

    setBacks.clear();

    assertOnly(new Violation.Lost(CHANGES, 2));
  }

  @Test
  void aChangeAfterTheFaultMustBeThere() {
    redisGoesBack();
    lost(edit(2, "b", "II", null));

    assertOnly(new Violation.Lost(CHANGES, 2));
  }

  @Test
  void aLostNumberMayBeGivenToOneChangeAgain() {
    lost(edit(2, "b", "II", null));
    redisGoesBack();
    changed(delete(2, "c"), "applied", null);
    state.changes().computeIfPresent(CHAT, (_, rows) -> blank(rows));
    says(new State.Message(2, "two", "", false, 2, true, true));

    assertThat(check()).isEmpty();
  }

  private static List<State.Change> blank(List<State.Change> rows) {
    rows.set(0, State.Change.of(1, "edit", 2, "applied", "a", null));
    return rows;
  }

  @Test
  void whatMySqlHasLostIsVoidAndItsTextIsTheEarlierOne() {
    changed(edit(2, "b", "II", null), "applied", "TWO");
    saw(edited(2, "two", "II", 2));
    mySqlGoesBack(Map.of());
    state.changes().computeIfPresent(CHAT, (_, rows) -> rows.subList(0, 1));
    count(-1, 0);
    voidRow(2);
    saw(EDITED);
    assertThat(check()).isEmpty();

    saw(new State.Message(2, "two"));

    assertOnly(new Violation.Rewound(CHAT, 2, 1, 0));
  }

  @Test
  void aPageMayShowWhatALostDeletionHadBlanked() {
    lost(delete(2, "b"));
    sawBlank();
    mySqlGoesBack(Map.of());
    voidRow(2);
    assertThat(check()).isEmpty();

    sawBlank();

    assertOnly(BLANK);
  }

  @Test
  void nothingIsBlankWithoutADeletion() {
    lost(edit(2, "b", "II", null));
    sawBlank();
    mySqlGoesBack(Map.of());
    voidRow(2);

    assertOnly(BLANK);
  }

  @Test
  void aRedisThatLostADeletionHasBlankedNothing() {
    lost(delete(2, "b"));
    sawBlank();
    redisGoesBack();

    assertOnly(BLANK);
  }

  private void sawBlank() {
    sawChange(State.Change.of(1, "edit", 2, "applied", "a", null));
  }

  @Test
  void aVoidRowNeedsAMySqlThatLostIt() {
    lost(edit(2, "b", "II", null));
    redisGoesBack();
    voidRow(2);

    assertOnly(new Violation.Voided(CHANGES, 2));
  }

  @Test
  void aChangeThatWaitedInRedisIsNotLostWithMySql() {
    lost(edit(2, "b", "II", null));
    mySqlGoesBack(Map.of(CHANGES, 1L));
    voidRow(2);

    assertOnly(new Violation.Lost(CHANGES, 2));
  }

  @Test
  void aChangeOfALostMessageHasNoEffect() {
    ask(say(CHAT, null, "four"), new Outcome.Accepted(4, 4));
    mySqlGoesBack(Map.of());
    row(CHAT, 4, "four");
    says(State.Message.lost(4));
    state.indexed().getOrDefault(CHAT, Set.of()).remove(4L);
    changed(edit(4, "b", "FOUR", null), "none", null);
    assertThat(check()).isEmpty();

    changed(edit(4, "c", "IV", null), "pending", null);

    assertOnly(new Violation.WrongEffect(CHANGES, 3, "none", "pending"));
  }

  @Test
  void theCountOfDeletedMessagesFallsToTheEarlierOneOnly() {
    changed(delete(1, "b"), "applied", null);
    says(deleted(1, "one", 2));
    ask(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(3, 2, 1));
    goesBack(false, true, Map.of(CHAT, 3L, CHANGES, 2L), Map.of());
    ask(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(3, 2, 0));

    assertOnly(new Violation.CountFell(CHAT, 1, 0));
  }

  @Test
  void theCountOfDeletedMessagesMayFallWithMySql() {
    lost(delete(1, "b"));
    ask(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(3, 2, 1));
    mySqlGoesBack(Map.of());
    voidRow(2);

    assertThat(check()).isEmpty();
  }

  @Test
  void aLostMessageMayBeUnknown() {
    ask(say(CHAT, null, "four"), new Outcome.Accepted(4, 4));
    redisGoesBack();
    Outcome refused = new Outcome.Refused(404, "message-not-found");
    ask(edit(4, "b", "FOUR", null), refused);
    assertThat(check()).isEmpty();

    ask(edit(3, "c", "THREE", null), refused);

    assertOnly(new Violation.MessageDenied(CHAT, 3));
  }
}

package dev.tally.system.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Shows that the checker finds every violation in the numbers of changes: lost, doubled, reordered,
 * foreign, invented, miscounted. Otherwise a run without findings would prove nothing.
 */
class CheckerChangesTest extends CheckerChangesFixture {

  CheckerChangesTest() {
    manyChanges();
  }

  private static Request.Change keyed(String author, String key) {
    return new Request.Change(
        APP, 1, 2, Request.Change.Verb.PATCH, author, "by " + author, null, key);
  }

  @Test
  void aCleanHistoryIsClean() {
    saw(edited(2, "two", "II", 2));
    ask(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(3, 6, 1));
    ask(
        new Request.ReadChanges(APP, 1, 4, 100),
        new Outcome.ChangePage(List.of(change(5), change(6))));

    assertThat(check()).isEmpty();
  }

  @Test
  void aChangeOfUnknownOutcomeMayBeThereOrNot() {
    ask(edit(3, "g", "THREE", null), UNKNOWN);
    ask(edit(3, "h", "III", null), UNKNOWN);
    changeRow(7, edit(3, "h", "III", null), "applied", "three");
    says(edited(3, "three", "III", 7));

    assertThat(check()).isEmpty();
  }

  @Test
  void aRetryThatSucceedsIsOneChange() {
    ask(keyed("g", "k"), UNKNOWN);
    ask(keyed("g", "k"), new Outcome.Accepted(7, 7));
    changeRow(7, keyed("g", "k"), "applied", "II");
    says(edited(2, "two", "by g", 7));

    assertThat(check()).isEmpty();
  }

  @Test
  void aRetryWithAnotherNumberIsNamed() {
    ask(keyed("g", "k"), new Outcome.Accepted(7, 7));
    ask(keyed("g", "k"), new Outcome.Accepted(8, 8));
    changeRow(7, keyed("g", "k"), "applied", "II");
    says(edited(2, "two", "by g", 7));

    assertOnly(new Violation.AnsweredTwice(CHANGES, "k", 7, 8));
  }

  @Test
  void aLostChangeIsNamed() {
    ask(edit(3, "g", "THREE", null), new Outcome.Accepted(7, 7));

    assertOnly(new Violation.Lost(CHANGES, 7));
  }

  @Test
  void aDoubledChangeIsNamed() {
    changeRow(7, edit(2, "b", "II", 1L), "conflict", null);

    assertOnly(new Violation.Doubled(CHANGES, 7));
  }

  @Test
  void aDoubledChangeOfUnknownOutcomeIsNamed() {
    ask(edit(3, "g", "THREE", null), UNKNOWN);
    changeRow(7, edit(3, "g", "THREE", null), "applied", "three");
    changeRow(8, edit(3, "g", "THREE", null), "applied", "THREE");
    says(edited(3, "three", "THREE", 8));

    assertOnly(new Violation.Doubled(CHANGES, 8));
  }

  @Test
  void changesInAnotherOrderThanTheirAnswersAreNamed() {
    ask(edit(3, "g", "THREE", null), new Outcome.Accepted(8, 8));
    ask(edit(3, "h", "III", null), new Outcome.Accepted(7, 7));
    changeRow(7, edit(3, "h", "III", null), "applied", "three");
    changeRow(8, edit(3, "g", "THREE", null), "applied", "III");
    says(edited(3, "three", "THREE", 8));

    assertOnly(new Violation.Reordered(CHANGES, 7, 8));
  }

  @Test
  void changesThatHaveEachOthersNumberAreNamed() {
    State.Change first = change(1);
    State.Change second = change(2);
    effect(1, "applied");
    setChange(new State.Change(1, second.identity(), 2, false, "conflict", null));
    setChange(new State.Change(2, first.identity(), 2, false, "applied", "two"));

    assertThat(check())
        .containsExactlyInAnyOrder(
            new Violation.BodyDiffers(CHANGES, 1, first.identity(), second.identity()),
            new Violation.BodyDiffers(CHANGES, 2, second.identity(), first.identity()));
  }

  @Test
  void aChangeOfAnotherMessageIsNamed() {
    String expected = change(3).identity();
    setChange(new State.Change(3, "edit 3 by c", 3, false, "conflict", null));

    assertOnly(new Violation.BodyDiffers(CHANGES, 3, expected, "edit 3 by c"));
  }

  @Test
  void anInventedChangeIsNamed() {
    changeRow(7, edit(3, "nobody", "THREE", null), "applied", "three");

    assertOnly(new Violation.Invented(CHANGES, 7));
  }

  @Test
  void aPersistedChangeThatWasRefusedIsNamedAsInvented() {
    ask(edit(3, "g", "THREE", null), new Outcome.Refused(503, "queue-full"));
    changeRow(7, edit(3, "g", "THREE", null), "applied", "three");
    says(edited(3, "three", "THREE", 7));

    assertOnly(new Violation.Invented(CHANGES, 7));
  }

  @Test
  void aChangeOfAnotherChatIsNamed() {
    Request.Change far =
        new Request.Change(OTHER_APP, 1, 3, Request.Change.Verb.PUT, "g", "THREE", null, null);
    ask(far, new Outcome.Refused(503, "queue-full"));
    changeRow(7, far, "applied", "three");

    assertOnly(new Violation.Foreign(CHANGES, 7, FAR_CHAT.changes()));
  }

  @Test
  void aGapIsNamed() {
    ask(edit(2, "g", "2", 1L), new Outcome.Accepted(8, 8));
    changeRow(8, edit(2, "g", "2", 1L), "conflict", null);

    assertOnly(new Violation.Gap(CHANGES, 7, 7));
  }

  @Test
  void wrongCountsAreNamed() {
    count(1, 1);

    assertThat(check())
        .containsExactlyInAnyOrder(
            new Violation.WrongCount(CHANGES, 7, 6), new Violation.WrongDeletedCount(CHAT, 2, 1));
  }

  @Test
  void aCounterThatIsBehindIsNamed() {
    state.counters().put(CHANGES, 5L);

    assertOnly(new Violation.CounterBehind(CHANGES, 5, 6));
  }

  @Test
  void aDeadLetterIsNamed() {
    state.deadLetters().add(new State.Dead("number-taken", CHANGES, 6, change(6).identity()));

    assertOnly(new Violation.DeadLetter(CHANGES, 6, "number-taken"));
  }
}

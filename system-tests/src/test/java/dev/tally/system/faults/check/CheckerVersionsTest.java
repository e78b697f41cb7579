package dev.tally.system.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Shows that the checker finds every violation in what clients are told of changes: texts that come
 * back, counts that fall, and a 404.
 */
class CheckerVersionsTest extends CheckerChangesFixture {

  private static final State.Message TWO = new State.Message(2, "two");
  private static final State.Message EDITED = edited(2, "two", "TWO", 1);
  private static final State.Message AGAIN = edited(2, "two", "II", 3);
  private static final State.Message DELETED = deleted(1, "one", 2);

  CheckerVersionsTest() {
    changed(edit(2, "a", "TWO", null), "applied", "two");
    changed(delete(1, "b"), "applied", null);
    changed(edit(2, "c", "II", null), "applied", "TWO");
    says(AGAIN);
    says(DELETED);
  }

  @Test
  void readsFromVersionToVersionAreClean() {
    saw(TWO);
    saw(EDITED);
    saw(AGAIN);
    saw(new State.Message(1, "one"));
    saw(DELETED);

    assertThat(check()).isEmpty();
  }

  @Test
  void aTextThatComesBackAfterItsDeletionIsNamed() {
    saw(DELETED);
    saw(new State.Message(1, "one"));

    assertOnly(new Violation.Resurrected(CHAT, 1, "one"));
  }

  @Test
  void aTextThatComesBackAfterAnEditIsNamed() {
    saw(AGAIN);
    saw(EDITED);

    assertOnly(new Violation.Rewound(CHAT, 2, 3, 1));
  }

  @Test
  void readsAtTheSameTimeHaveNoOrder() {
    Request request = new Request.ReadMessages(APP, 1, 1, 1);
    history.record(entry(request, new Outcome.Page(List.of(AGAIN)), now, now + 20));
    history.record(entry(request, new Outcome.Page(List.of(EDITED)), now + 10, now + 30));

    assertThat(check()).isEmpty();
  }

  @Test
  void aTextThatTheMessageNeverHadIsNamed() {
    saw(edited(2, "two", "three", 1));

    assertOnly(new Violation.BodyDiffers(CHAT, 2, "three", "TWO"));
  }

  @Test
  void aTextThatWasDeletedWhileItsMarkIsShownIsNamed() {
    saw(new State.Message(1, "one", "one", false, 2, false, true));

    assertOnly(new Violation.BodyDiffers(CHAT, 1, "one", ""));
  }

  @Test
  void aTombstoneWithoutItsMarkIsNamed() {
    saw(new State.Message(1, "one", "", false, 2, false, false));

    assertOnly(new Violation.BodyDiffers(CHAT, 1, "", ""));
  }

  @Test
  void aRevisionThatIsNoneOfTheMessageIsNamed() {
    saw(edited(2, "two", "TWO", 2));

    assertOnly(new Violation.BodyDiffers(CHAT, 2, "TWO", "II"));
  }

  @Test
  void countsThatFallAreNamed() {
    ask(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(3, 2, 1));
    ask(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(3, 1, 0));

    assertThat(check())
        .containsExactlyInAnyOrder(
            new Violation.WentBackwards(CHANGES, 2, 1), new Violation.CountFell(CHAT, 1, 0));
  }

  @Test
  void aCountThatIsLowerInTheEndIsNamed() {
    ask(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(3, 3, 2));

    assertOnly(new Violation.CountFell(CHAT, 2, 1));
  }

  @Test
  void aPageOfChangesWithAHoleIsNamed() {
    List<State.Change> changes = state.changes().getOrDefault(CHAT, List.of());
    ask(
        new Request.ReadChanges(APP, 1, 0, 100),
        new Outcome.ChangePage(List.of(changes.get(0), changes.get(2))));

    assertOnly(new Violation.BrokenPage(CHANGES, 2, 3));
  }

  @Test
  void aPageThatShowsAnotherChangeIsNamed() {
    State.Change other = State.Change.of(3, "edit", 2, "applied", "a", "two");
    ask(new Request.ReadChanges(APP, 1, 2, 100), new Outcome.ChangePage(List.of(other)));

    assertOnly(new Violation.BodyDiffers(CHANGES, 3, "edit 2 by a", "edit 2 by c"));
  }

  @Test
  void aPageOfChangesFromBeforeADeletionIsClean() {
    changed(edit(3, "d", "THREE", null), "applied", null);
    changed(delete(3, "e"), "applied", null);
    says(new State.Message(3, "three", "", false, 5, true, true));
    sawChange(State.Change.of(4, "edit", 3, "pending", "d", null));
    sawChange(State.Change.of(4, "edit", 3, "applied", "d", "three"));
    sawChange(State.Change.of(4, "edit", 3, "applied", "d", null));

    assertThat(check()).isEmpty();
  }

  @Test
  void aPageThatShowsAnotherEffectIsNamed() {
    sawChange(State.Change.of(3, "edit", 2, "none", "c", "TWO"));

    assertOnly(new Violation.WrongEffect(CHANGES, 3, "applied", "none"));
  }

  @Test
  void aPageThatShowsAnotherBeforeIsNamed() {
    sawChange(State.Change.of(3, "edit", 2, "applied", "c", "two"));

    assertOnly(new Violation.WrongBefore(CHANGES, 3, "TWO", "two"));
  }

  @Test
  void aPageThatLacksABeforeIsNamed() {
    sawChange(State.Change.of(3, "edit", 2, "applied", "c", null));

    assertOnly(new Violation.WrongBefore(CHANGES, 3, "TWO", null));
  }

  @Test
  void a404ForAnAcceptedMessageIsNamed() {
    Outcome refused = new Outcome.Refused(404, "message-not-found");
    ask(edit(4, "d", "FOUR", null), refused);
    assertThat(check()).isEmpty();

    ask(edit(3, "e", "THREE", null), refused);

    assertOnly(new Violation.MessageDenied(CHAT, 3));
  }

  @Test
  void a404ForTheChatOfAnAcceptedMessageIsNamed() {
    ask(edit(3, "d", "THREE", null), new Outcome.Refused(404, "chat-not-found"));

    assertOnly(new Violation.Denied(CHAT));
  }
}

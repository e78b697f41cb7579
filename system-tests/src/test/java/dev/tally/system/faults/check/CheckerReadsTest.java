package dev.tally.system.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Shows that the checker finds every violation in what clients are told: pages, counts, and a 404.
 * Otherwise a run without findings would prove nothing.
 */
class CheckerReadsTest extends CheckerFixture {

  @Test
  void aMessageOfAnotherAppInAPageIsNamed() {
    accepted(FAR_CHAT, "secret");
    saw(CHAT, 0, 100, "one", "secret", "three");

    assertOnly(new Violation.Foreign(CHAT, 2, FAR_CHAT));
  }

  @Test
  void aBodyThatDiffersFromAnEarlierReadIsNamed() {
    saw(CHAT, 0, 100, "one", "TWO");

    assertThat(check()).contains(new Violation.BodyDiffers(CHAT, 2, "TWO", "two"));
  }

  @Test
  void a404ForAnAcceptedChatIsNamed() {
    ask(say(OTHER_CHAT, null, "hello"), new Outcome.Refused(404, "chat-not-found"));

    assertOnly(new Violation.Denied(OTHER_CHAT));
  }

  @Test
  void a404ForAChatThatDoesNotExistIsRight() {
    ask(say(new Parent.Chat(APP, 9), null, "hello"), new Outcome.Refused(404, "chat-not-found"));

    assertThat(check()).isEmpty();
  }

  @Test
  void a404ForAChatIsRightUntilTheClientKnowsThatItWasAccepted() {
    Parent.Chat chat = new Parent.Chat(APP, 3);
    history.record(
        entry(new Request.NewChat(APP, null), new Outcome.Accepted(3, 3), now, now + 20));
    history.record(
        entry(
            say(chat, null, "early"),
            new Outcome.Refused(404, "chat-not-found"),
            now + 10,
            now + 30));
    chatRow(chat);

    assertThat(check()).isEmpty();
  }

  @Test
  void aReadThatWentBackwardsIsNamed() {
    saw(CHAT, 0, 100, "one", "two");

    assertOnly(new Violation.WentBackwards(CHAT, 3, 2));
  }

  @Test
  void aCountThatWentBackwardsIsNamed() {
    ask(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(2));

    assertOnly(new Violation.WentBackwards(CHAT, 3, 2));
  }

  @Test
  void aChatThatVanishedIsNamed() {
    ask(new Request.ReadMessages(APP, 1, 0, 10), new Outcome.Refused(404, "not-persisted-yet"));

    assertOnly(new Violation.WentBackwards(CHAT, 3, -1));
  }

  @Test
  void aMessageThatWasReadAndIsGoneAtTheEndIsNamed() {
    ask(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(4));

    assertOnly(new Violation.WentBackwards(CHAT, 4, 3));
  }

  @Test
  void readsAtTheSameTimeHaveNoOrder() {
    accepted(CHAT, "four");
    history.record(entry(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(4), now, now + 20));
    history.record(
        entry(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(3), now + 10, now + 30));

    assertThat(check()).isEmpty();
  }

  @Test
  void aFullPageSaysNothingAboutLaterNumbers() {
    saw(CHAT, 0, 2, "one", "two");

    assertThat(check()).isEmpty();
  }

  @Test
  void aPageWithAHoleIsNamed() {
    ask(
        new Request.ReadMessages(APP, 1, 0, 100),
        new Outcome.Page(List.of(new State.Message(1, "one"), new State.Message(3, "three"))));

    assertOnly(new Violation.BrokenPage(CHAT, 2, 3));
  }

  @Test
  void aPageThatBeginsTooLateIsNamed() {
    ask(
        new Request.ReadMessages(APP, 1, 1, 100),
        new Outcome.Page(List.of(new State.Message(3, "three"))));

    assertOnly(new Violation.BrokenPage(CHAT, 2, 3));
  }
}

package dev.tally.system.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import org.junit.jupiter.api.Test;

/**
 * Shows that the checker finds every violation by a write: lost, doubled, misnumbered, reordered,
 * foreign, invented. Otherwise a run without findings would prove nothing.
 */
class CheckerWritesTest extends CheckerFixture {

  @Test
  void aCleanHistoryIsClean() {
    ask(new Request.ReadChat(APP, 1), new Outcome.ChatSeen(3));
    saw(CHAT, 3, 100);
    saw(CHAT, 1, 1, "two");
    saw(OTHER_CHAT, 0, 100);

    assertThat(check()).isEmpty();
  }

  @Test
  void aBatchIsClean() {
    ask(say(CHAT, null, "four", "five"), new Outcome.Accepted(4, 5));
    row(CHAT, 4, "four");
    row(CHAT, 5, "five");

    assertThat(check()).isEmpty();
  }

  @Test
  void aWriteOfUnknownOutcomeMayBeThereOrNot() {
    ask(say(CHAT, null, "four", "five"), UNKNOWN);
    ask(say(CHAT, null, "nowhere"), UNKNOWN);
    ask(say(CHAT, null, "four"), UNKNOWN);
    row(CHAT, 4, "four");
    row(CHAT, 5, "five");
    row(CHAT, 6, "four");
    ask(new Request.NewChat(APP, null), UNKNOWN);
    ask(new Request.NewChat(APP, null), UNKNOWN);
    chatRow(new Parent.Chat(APP, 3));
    ask(new Request.NewApp("third"), UNKNOWN);
    ask(new Request.NewApp("fourth"), UNKNOWN);
    state.apps().put("c3", new State.App("third", 0));

    assertThat(check()).isEmpty();
  }

  @Test
  void aRetryThatSucceedsIsOneWrite() {
    ask(say(CHAT, "k", "four"), UNKNOWN);
    ask(say(CHAT, "k", "four"), new Outcome.Accepted(4, 4));
    ask(say(CHAT, "k", "four"), new Outcome.Accepted(4, 4));
    row(CHAT, 4, "four");

    assertThat(check()).isEmpty();
  }

  @Test
  void aLostMessageIsNamed() {
    ask(say(CHAT, null, "four"), new Outcome.Accepted(4, 4));

    assertOnly(new Violation.Lost(CHAT, 4));
  }

  @Test
  void aMessageLostInTheMiddleIsNotAlsoReportedAsAGap() {
    ask(say(CHAT, null, "four"), new Outcome.Accepted(4, 4));
    accepted(CHAT, 5, "five");

    assertOnly(new Violation.Lost(CHAT, 4));
  }

  @Test
  void aLostChatIsNamed() {
    ask(new Request.NewChat(APP, null), new Outcome.Accepted(3, 3));

    assertOnly(new Violation.Lost(new Parent.App(APP), 3));
  }

  @Test
  void aDoubledMessageIsNamed() {
    row(CHAT, 4, "three");

    assertOnly(new Violation.Doubled(CHAT, 4));
  }

  @Test
  void aDoubledMessageOfUnknownOutcomeIsNamed() {
    ask(say(CHAT, null, "four"), UNKNOWN);
    row(CHAT, 4, "four");
    row(CHAT, 5, "four");

    assertOnly(new Violation.Doubled(CHAT, 5));
  }

  @Test
  void aRetryPersistedTwiceIsNamed() {
    ask(say(CHAT, "k", "four"), UNKNOWN);
    ask(say(CHAT, "k", "four"), UNKNOWN);
    row(CHAT, 4, "four");
    row(CHAT, 5, "four");

    assertOnly(new Violation.Doubled(CHAT, 5));
  }

  @Test
  void aRetryWithAnotherNumberIsNamed() {
    ask(say(CHAT, "k", "four"), new Outcome.Accepted(4, 4));
    ask(say(CHAT, "k", "four"), new Outcome.Accepted(5, 5));
    row(CHAT, 4, "four");

    assertOnly(new Violation.AnsweredTwice(CHAT, "k", 4, 5));
  }

  @Test
  void aNumberGivenTwiceIsNamed() {
    accepted(CHAT, 4, "four");
    ask(say(CHAT, null, "also four"), new Outcome.Accepted(4, 4));

    assertOnly(new Violation.GivenTwice(CHAT, 4));
  }

  @Test
  void aBatchWithTooManyNumbersIsNamed() {
    ask(say(CHAT, null, "four"), new Outcome.Accepted(4, 5));
    row(CHAT, 4, "four");

    assertOnly(new Violation.Miscounted(CHAT, 4, 5, 1));
  }

  @Test
  void aReorderedMessageIsNamed() {
    ask(say(CHAT, null, "five"), new Outcome.Accepted(5, 5));
    ask(say(CHAT, null, "four"), new Outcome.Accepted(4, 4));
    row(CHAT, 4, "four");
    row(CHAT, 5, "five");

    assertOnly(new Violation.Reordered(CHAT, 4, 5));
  }

  @Test
  void aMisplacedMessageOfUnknownOutcomeIsNamed() {
    ask(say(CHAT, null, "five"), new Outcome.Accepted(5, 5));
    ask(say(CHAT, null, "four"), UNKNOWN);
    row(CHAT, 4, "four");
    row(CHAT, 5, "five");

    assertOnly(new Violation.Reordered(CHAT, 4, 5));
  }

  @Test
  void concurrentWritesHaveNoOrder() {
    history.record(entry(say(CHAT, null, "five"), new Outcome.Accepted(5, 5), now, now + 20));
    history.record(entry(say(CHAT, null, "four"), new Outcome.Accepted(4, 4), now + 10, now + 30));
    row(CHAT, 4, "four");
    row(CHAT, 5, "five");

    assertThat(check()).isEmpty();
  }

  @Test
  void aReorderedChatIsNamed() {
    Parent.App app = new Parent.App(APP);
    ask(new Request.NewChat(APP, null), new Outcome.Accepted(4, 4));
    ask(new Request.NewChat(APP, null), new Outcome.Accepted(3, 3));
    chatRow(new Parent.Chat(APP, 3));
    chatRow(new Parent.Chat(APP, 4));

    assertOnly(new Violation.Reordered(app, 3, 4));
  }

  @Test
  void aMessageOfAnotherAppIsNamed() {
    accepted(FAR_CHAT, "secret");
    row(CHAT, 4, "secret");

    assertOnly(new Violation.Foreign(CHAT, 4, FAR_CHAT));
  }

  @Test
  void aMessageReplacedByOneOfAnotherChatIsNamed() {
    accepted(OTHER_CHAT, "elsewhere");
    ask(say(CHAT, null, "four"), new Outcome.Accepted(4, 4));
    row(CHAT, 4, "elsewhere");

    assertOnly(new Violation.Foreign(CHAT, 4, OTHER_CHAT));
  }

  @Test
  void anInventedMessageIsNamed() {
    row(CHAT, 4, "out of thin air");

    assertOnly(new Violation.Invented(CHAT, 4));
  }

  @Test
  void aPersistedMessageThatWasRefusedIsNamedAsInvented() {
    ask(say(CHAT, null, "four"), new Outcome.Refused(503, "queue-full"));
    row(CHAT, 4, "four");

    assertOnly(new Violation.Invented(CHAT, 4));
  }
}

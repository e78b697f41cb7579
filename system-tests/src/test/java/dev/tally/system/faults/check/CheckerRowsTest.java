package dev.tally.system.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Shows that the checker finds every violation in what the servers hold: rows, counts, counters,
 * the search index, dead letters. Otherwise a run without findings would prove nothing.
 */
class CheckerRowsTest extends CheckerFixture {

  @Test
  void aLostAppIsNamed() {
    ask(new Request.NewApp("third"), new Outcome.CreatedApp("c3"));

    assertOnly(new Violation.AppLost("c3"));
  }

  @Test
  void anInventedAppIsNamed() {
    state.apps().put("c3", new State.App("third", 0));

    assertOnly(new Violation.AppInvented("c3"));
  }

  @Test
  void anInventedChatIsNamed() {
    chatRow(new Parent.Chat(APP, 3));

    assertOnly(new Violation.Invented(new Parent.App(APP), 3));
  }

  @Test
  void aTornBatchIsNamed() {
    ask(say(CHAT, null, "four", "five"), UNKNOWN);
    row(CHAT, 4, "four");

    assertOnly(new Violation.Torn(CHAT, 4));
  }

  @Test
  void aGapIsNamed() {
    accepted(CHAT, 6, "six");

    assertOnly(new Violation.Gap(CHAT, 4, 5));
  }

  @Test
  void aGapInChatsIsNamed() {
    ask(new Request.NewChat(APP, null), new Outcome.Accepted(4, 4));
    chatRow(new Parent.Chat(APP, 4));

    assertOnly(new Violation.Gap(new Parent.App(APP), 3, 3));
  }

  @Test
  void wrongCountsAreNamed() {
    state.chats().put(CHAT, 4L);
    state.apps().put(APP, new State.App(APP, 1));

    assertThat(check())
        .containsExactlyInAnyOrder(
            new Violation.WrongCount(CHAT, 4, 3),
            new Violation.WrongCount(new Parent.App(APP), 1, 2));
  }

  @Test
  void aMessageWithoutItsChatIsNamed() {
    Parent.Chat missing = new Parent.Chat(OTHER_APP, 2);
    ask(say(missing, null, "early"), new Outcome.Accepted(1, 1));
    row(missing, 1, "early");
    state.chats().remove(missing);

    assertOnly(new Violation.Orphaned(missing));
  }

  @Test
  void aBodyThatChangedIsNamed() {
    state.messages().getOrDefault(CHAT, List.of()).set(1, new State.Message(2, "TWO"));

    assertOnly(new Violation.BodyDiffers(CHAT, 2, "two", "TWO"));
  }

  @Test
  void aMessageThatIsNotSearchableIsNamed() {
    state.indexed().getOrDefault(CHAT, Set.of()).remove(2L);

    assertOnly(new Violation.NotSearchable(CHAT, 2));
  }

  @Test
  void aMessageThatIsOnlySearchableIsNamed() {
    state.indexed().getOrDefault(CHAT, Set.of()).add(4L);

    assertOnly(new Violation.OnlySearchable(CHAT, 4));
  }

  @Test
  void countersThatAreBehindAreNamed() {
    state.counters().put(CHAT, 2L);
    state.counters().put(new Parent.App(APP), 1L);

    assertThat(check())
        .containsExactlyInAnyOrder(
            new Violation.CounterBehind(CHAT, 2, 3),
            new Violation.CounterBehind(new Parent.App(APP), 1, 2));
  }

  @Test
  void aLostCounterIsNoViolation() {
    state.counters().clear();

    assertThat(check()).isEmpty();
  }

  @Test
  void aDeadLetterIsNamed() {
    state.deadLetters().add(new State.Dead("number-taken", CHAT, 4, "four"));

    assertOnly(new Violation.DeadLetter(CHAT, 4, "number-taken"));
  }

  @Test
  void everyViolationIsASentence() {
    state.deadLetters().add(new State.Dead("number-taken", CHAT, 4, "four"));
    state.chats().put(CHAT, 4L);

    assertThat(check())
        .extracting(Violation::sentence)
        .containsExactlyInAnyOrder(
            "app a1 chat 1: the count is 4, but there are 3 rows",
            "app a1 chat 1: number 4 is a dead letter: number-taken");
  }
}

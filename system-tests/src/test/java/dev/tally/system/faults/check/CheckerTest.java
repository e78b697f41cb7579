package dev.tally.system.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Shows that the checker finds every kind of violation. Otherwise a run without findings would
 * prove nothing.
 */
class CheckerTest {

  private static final String APP = "a1";
  private static final String OTHER_APP = "b2";
  private static final Parent.Chat CHAT = new Parent.Chat(APP, 1);
  private static final Parent.Chat OTHER_CHAT = new Parent.Chat(APP, 2);
  private static final Parent.Chat FAR_CHAT = new Parent.Chat(OTHER_APP, 1);
  private static final Outcome UNKNOWN = new Outcome.Unknown("time-out");

  private final History history = new History();
  private final State state =
      new State(
          new HashMap<>(),
          new HashMap<>(),
          new HashMap<>(),
          new HashMap<>(),
          new HashMap<>(),
          new ArrayList<>());
  private long now = 1_000;

  /** Two apps, three chats, and three messages in the first: accepted, read, persisted, indexed. */
  CheckerTest() {
    app(APP);
    app(OTHER_APP);
    chat(CHAT);
    chat(OTHER_CHAT);
    chat(FAR_CHAT);
    for (String body : List.of("one", "two", "three")) {
      accepted(CHAT, body);
    }
    saw(CHAT, 0, 100, "one", "two", "three");
  }

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
  void aMessageOfAnotherAppInAPageIsNamed() {
    accepted(FAR_CHAT, "secret");
    saw(CHAT, 0, 100, "one", "secret", "three");

    assertOnly(new Violation.Foreign(CHAT, 2, FAR_CHAT));
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
    state.deadLetters().add("number-taken");

    assertOnly(new Violation.DeadLetter("number-taken"));
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

  @Test
  void everyViolationIsASentence() {
    state.deadLetters().add("number-taken");
    state.chats().put(CHAT, 4L);

    assertThat(check())
        .extracting(Violation::sentence)
        .containsExactlyInAnyOrder(
            "app a1 chat 1: the count is 4, but there are 3 rows",
            "there is a dead letter: number-taken");
  }

  private List<Violation> check() {
    return Checker.check(history, state);
  }

  private void assertOnly(Violation violation) {
    assertThat(check()).containsExactly(violation);
  }

  private void app(String token) {
    ask(new Request.NewApp(token), new Outcome.CreatedApp(token));
    state.apps().put(token, new State.App(token, 0));
    state.counters().put(new Parent.App(token), 0L);
  }

  /** A chat that was accepted and is there. */
  private void chat(Parent.Chat chat) {
    ask(new Request.NewChat(chat.app(), null), new Outcome.Accepted(chat.number(), chat.number()));
    chatRow(chat);
  }

  /** A chat that is there, with the right count. */
  private void chatRow(Parent.Chat chat) {
    state.chats().put(chat, 0L);
    state
        .apps()
        .computeIfPresent(chat.app(), (_, app) -> new State.App(app.name(), app.chatsCount() + 1));
    state.counters().put(new Parent.App(chat.app()), chat.number());
    state.counters().put(chat, 0L);
  }

  /** The chat's next message, accepted and there. */
  private void accepted(Parent.Chat chat, String body) {
    accepted(chat, state.messages().getOrDefault(chat, List.of()).size() + 1L, body);
  }

  private void accepted(Parent.Chat chat, long number, String body) {
    ask(say(chat, null, body), new Outcome.Accepted(number, number));
    row(chat, number, body);
  }

  /** A message that is there, counted and indexed. */
  private void row(Parent.Chat chat, long number, String body) {
    state
        .messages()
        .computeIfAbsent(chat, _ -> new ArrayList<>())
        .add(new State.Message(number, body));
    state.chats().merge(chat, 1L, Long::sum);
    state.counters().put(chat, number);
    state.indexed().computeIfAbsent(chat, _ -> new HashSet<>()).add(number);
  }

  private static Request say(Parent.Chat chat, @Nullable String key, String... bodies) {
    return new Request.NewMessages(chat.app(), chat.number(), List.of(bodies), key);
  }

  /** A page with consecutive numbers after {@code after}. */
  private void saw(Parent.Chat chat, long after, int limit, String... bodies) {
    List<State.Message> messages = new ArrayList<>();
    for (String body : bodies) {
      messages.add(new State.Message(after + messages.size() + 1, body));
    }
    ask(
        new Request.ReadMessages(chat.app(), chat.number(), after, limit),
        new Outcome.Page(messages));
  }

  private void ask(Request request, Outcome outcome) {
    history.record(entry(request, outcome, now, now + 10));
    now += 20;
  }

  private static History.Entry entry(Request request, Outcome outcome, long start, long end) {
    return new History.Entry(0, request, outcome, start, end);
  }
}

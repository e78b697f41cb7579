package dev.tally.system.faults.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A history of clients and a state of the servers that agree, for a test to change. */
abstract class CheckerFixture {

  static final String APP = "a1";
  static final String OTHER_APP = "b2";
  static final Parent.Chat CHAT = new Parent.Chat(APP, 1);
  static final Parent.Chat OTHER_CHAT = new Parent.Chat(APP, 2);
  static final Parent.Chat FAR_CHAT = new Parent.Chat(OTHER_APP, 1);
  static final Instant GONE = Instant.parse("2026-01-01T00:00:00Z");

  /** How long a server goes back before all that it loses is gone. */
  static final Duration FROZEN = Duration.ofSeconds(5);

  static final Outcome UNKNOWN = new Outcome.Unknown("time-out");

  final History history = new History();
  final State state =
      new State(
          new HashMap<>(),
          new HashMap<>(),
          new HashSet<>(),
          new HashMap<>(),
          new HashMap<>(),
          new HashMap<>(),
          new HashMap<>(),
          new HashMap<>(),
          new ArrayList<>());
  final List<SetBack> setBacks = new ArrayList<>();
  long now = 1_000;

  /** Two apps, three chats, and three messages in the first: accepted, read, persisted, indexed. */
  CheckerFixture() {
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

  List<Violation> check() {
    return Checker.check(history, state, new Losses(setBacks));
  }

  void assertOnly(Violation violation) {
    assertThat(check()).containsExactly(violation);
  }

  void app(String token) {
    ask(new Request.NewApp(token), new Outcome.CreatedApp(token));
    state.apps().put(token, new State.App(token, 0));
    state.counters().put(new Parent.App(token), 0L);
  }

  /** A chat that was accepted and is there. */
  void chat(Parent.Chat chat) {
    ask(new Request.NewChat(chat.app(), null), new Outcome.Accepted(chat.number(), chat.number()));
    chatRow(chat);
  }

  /** A chat that is there, with the right count. */
  void chatRow(Parent.Chat chat) {
    state.chats().put(chat, 0L);
    state.changeCounts().put(chat, new State.Counts(0, 0));
    state.counters().put(chat.changes(), 0L);
    state
        .apps()
        .computeIfPresent(chat.app(), (_, app) -> new State.App(app.name(), app.chatsCount() + 1));
    state.counters().put(new Parent.App(chat.app()), chat.number());
    state.counters().put(chat, 0L);
  }

  /** The chat's next message, accepted and there. */
  void accepted(Parent.Chat chat, String body) {
    accepted(chat, state.messages().getOrDefault(chat, List.of()).size() + 1L, body);
  }

  void accepted(Parent.Chat chat, long number, String body) {
    ask(say(chat, null, body), new Outcome.Accepted(number, number));
    row(chat, number, body);
  }

  /** A message that is there, counted and indexed. */
  void row(Parent.Chat chat, long number, String body) {
    state
        .messages()
        .computeIfAbsent(chat, _ -> new ArrayList<>())
        .add(new State.Message(number, body));
    state.chats().merge(chat, 1L, Long::sum);
    state.counters().put(chat, number);
    state.indexed().computeIfAbsent(chat, _ -> new HashSet<>()).add(number);
  }

  static Request say(Parent.Chat chat, @Nullable String key, String... bodies) {
    return new Request.NewMessages(chat.app(), chat.number(), List.of(bodies), key);
  }

  /** A page with consecutive numbers after {@code after}. */
  void saw(Parent.Chat chat, long after, int limit, String... bodies) {
    List<State.Message> messages = new ArrayList<>();
    for (String body : bodies) {
      messages.add(new State.Message(after + messages.size() + 1, body));
    }
    ask(
        new Request.ReadMessages(chat.app(), chat.number(), after, limit),
        new Outcome.Page(messages));
  }

  /** Servers go back now. */
  void goesBack(boolean redis, boolean mySql, Map<Parent, Long> messages, Map<Parent, Long> reach) {
    Map<Parent, Long> kept = new HashMap<>(messages);
    kept.put(new Parent.App(APP), 2L);
    kept.put(new Parent.App(OTHER_APP), 1L);
    setBacks.add(
        new SetBack(
            redis,
            mySql,
            true,
            now - FROZEN.toNanos(),
            GONE,
            now,
            now + 1_000,
            Set.of(APP, OTHER_APP),
            kept,
            kept,
            reach));
    now += 20;
  }

  void ask(Request request, Outcome outcome) {
    history.record(entry(request, outcome, now, now + 10));
    now += 20;
  }

  static History.Entry entry(Request request, Outcome outcome, long start, long end) {
    return new History.Entry(0, request, outcome, start, end);
  }
}

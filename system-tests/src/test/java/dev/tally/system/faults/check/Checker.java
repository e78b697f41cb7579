package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares the final data of the servers with the answers that clients got. It knows only what
 * Tally promises, not how Tally works.
 */
public final class Checker {

  private final List<History.Entry> entries;
  private final State state;
  private final Losses losses;
  private final List<Violation> violations = new ArrayList<>();
  private final Map<Parent, List<Write>> writes = new HashMap<>();

  /** The write of each message and each change, to any parent. */
  private final Map<String, Write> writers = new HashMap<>();

  private Checker(List<History.Entry> entries, State state, Losses losses) {
    this.entries = entries;
    this.state = state;
    this.losses = losses;
  }

  /**
   * Returns everything that contradicts Tally's promises; empty if they were kept.
   *
   * @param history of all requests to this deployment, none of them still under way
   * @param state after everything was drained and indexed
   * @param losses what the servers lost themselves
   */
  public static List<Violation> check(History history, State state, Losses losses) {
    return new Checker(history.entries(), state, losses).check();
  }

  private List<Violation> check() {
    for (Write write : Write.in(entries, violations)) {
      writes.computeIfAbsent(write.parent(), _ -> new ArrayList<>()).add(write);
      if (!(write.parent() instanceof Parent.App)) {
        write.bodies().forEach(body -> writers.putIfAbsent(body, write));
      }
    }
    Set<String> lostApps = checkApps();
    new DenialCheck(entries, state, losses, lostApps, violations).check();
    Map<Parent, List<State.Message>> rows = rows();
    Map<Parent, List<ReadCheck.Read>> reads = ReadCheck.reads(entries);
    Set<Parent> parents = new HashSet<>(rows.keySet());
    parents.addAll(writes.keySet());
    parents.addAll(reads.keySet());
    // What is lost with its app is lost as a whole, whatever was asked for.
    parents.removeIf(parent -> lostApps.contains(parent.app()) && !rows.containsKey(parent));
    Map<Parent, Set<Long>> found = new HashMap<>();
    for (Parent parent : parents) {
      List<State.Message> ofParent = rows.getOrDefault(parent, List.of());
      Set<Long> wrong =
          new WriteCheck(
                  parent,
                  writes.getOrDefault(parent, List.of()),
                  ofParent,
                  writers,
                  losses,
                  violations)
              .check();
      found.put(parent, wrong);
      Parent.Chat read = chat(parent);
      if (read != null) {
        new ReadCheck(
                parent,
                state.chats().containsKey(read),
                ofParent,
                wrong,
                writers,
                losses,
                violations)
            .check(reads.getOrDefault(parent, List.of()));
      }
      if (parent instanceof Parent.Chat chat) {
        checkSearch(chat, ofParent);
      }
      checkRows(parent, ofParent);
    }
    new ChangeCheck(entries, state, losses, found, violations).check();
    checkDeadLetters(lostApps);
    return violations;
  }

  /** The chat whose messages or changes a parent has; null for an app. */
  private static Parent.@Nullable Chat chat(Parent parent) {
    return switch (parent) {
      case Parent.App _ -> null;
      case Parent.Chat chat -> chat;
      case Parent.Changes changes -> changes.chat();
    };
  }

  private void checkDeadLetters(Set<String> lostApps) {
    for (State.Dead letter : state.deadLetters()) {
      Parent parent = letter.parent();
      if (parent == null
          || !losses.names(
              letter, writes.getOrDefault(parent, List.of()), lostApps.contains(parent.app()))) {
        violations.add(new Violation.DeadLetter(parent, letter.number(), letter.reason()));
      }
    }
  }

  /** Returns the apps that MySQL has lost and may have lost. */
  private Set<String> checkApps() {
    Map<String, Long> created = new HashMap<>();
    Set<String> lost = new HashSet<>();
    List<String> unknown = new ArrayList<>();
    for (History.Entry entry : entries) {
      if (entry.request() instanceof Request.NewApp app) {
        switch (entry.outcome()) {
          case Outcome.CreatedApp(String token) -> created.put(token, entry.startNanos());
          case Outcome.Unknown _ -> unknown.add(app.name());
          default -> {}
        }
      }
    }
    created.forEach(
        (token, start) -> {
          if (!state.apps().containsKey(token)) {
            if (losses.mayLoseApp(token, start)) {
              lost.add(token);
            } else {
              violations.add(new Violation.AppLost(token));
            }
          }
        });
    state
        .apps()
        .forEach(
            (token, app) -> {
              if (!created.containsKey(token) && !unknown.remove(app.name())) {
                violations.add(new Violation.AppInvented(token));
              }
            });
    return lost;
  }

  private Map<Parent, List<State.Message>> rows() {
    Map<Parent, List<State.Message>> rows = new HashMap<>(state.messages());
    Map<String, TreeSet<Long>> chats = new HashMap<>();
    for (Parent.Chat chat : state.chats().keySet()) {
      chats.computeIfAbsent(chat.app(), _ -> new TreeSet<>()).add(chat.number());
      rows.putIfAbsent(chat, List.of());
      rows.put(chat.changes(), List.of());
    }
    state
        .changes()
        .forEach(
            (chat, ofChat) ->
                rows.put(chat.changes(), ofChat.stream().map(State.Change::asMessage).toList()));
    state.apps().keySet().forEach(token -> rows.put(new Parent.App(token), List.of()));
    chats.forEach(
        (app, numbers) ->
            rows.put(
                new Parent.App(app),
                numbers.stream()
                    .map(
                        number ->
                            state.voidChats().contains(new Parent.Chat(app, number))
                                ? State.Message.lost(number)
                                : new State.Message(number, Write.NO_BODY))
                    .toList()));
    return rows;
  }

  private void checkRows(Parent parent, List<State.Message> rows) {
    Long count = count(parent);
    if (count == null && !rows.isEmpty()) {
      violations.add(new Violation.Orphaned(parent));
    }
    if (count != null && count != rows.size()) {
      violations.add(new Violation.WrongCount(parent, count, rows.size()));
    }
    Long counter = state.counters().get(parent);
    if (counter != null && !rows.isEmpty() && counter < rows.getLast().number()) {
      violations.add(new Violation.CounterBehind(parent, counter, rows.getLast().number()));
    }
  }

  private @Nullable Long count(Parent parent) {
    return switch (parent) {
      case Parent.App(String token) -> {
        State.App app = state.apps().get(token);
        yield app == null ? null : (Long) app.chatsCount();
      }
      case Parent.Chat chat -> state.chats().get(chat);
      case Parent.Changes changes -> {
        State.Counts counts = state.changeCounts().get(changes.chat());
        yield counts == null ? null : (Long) counts.changes();
      }
    };
  }

  private void checkSearch(Parent.Chat chat, List<State.Message> rows) {
    Set<Long> unpersisted = new TreeSet<>(state.indexed().getOrDefault(chat, Set.of()));
    for (State.Message row : rows) {
      if (!row.isVoid() && !unpersisted.remove(row.number())) {
        violations.add(new Violation.NotSearchable(chat, row.number()));
      }
    }
    unpersisted.forEach(number -> violations.add(new Violation.OnlySearchable(chat, number)));
  }
}

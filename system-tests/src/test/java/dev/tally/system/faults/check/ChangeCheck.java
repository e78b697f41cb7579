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
import org.jspecify.annotations.Nullable;

/**
 * Replays the changes of each chat, in the order of their numbers, over what its messages were
 * created with. That must give what the messages say now, and what reads have shown meanwhile.
 *
 * <p>That each change is one that a client asked for, and stands under the number that was
 * answered, is for {@link WriteCheck} to find out.
 */
final class ChangeCheck {

  private static final String PENDING = "pending";

  private final List<History.Entry> entries;
  private final State state;
  private final Losses losses;
  private final Map<Parent, Set<Long>> found;
  private final List<Violation> violations;
  private final Map<String, Request.Change> requests = new HashMap<>();
  private final Map<Parent.Chat, Set<Long>> deletions = new HashMap<>();
  private final Map<Parent.Chat, List<Page>> pages = new HashMap<>();

  /** A page of changes that a client was shown. */
  private record Page(long startNanos, List<State.Change> changes) {}

  /**
   * @param found the numbers of each parent that have a violation already
   */
  ChangeCheck(
      List<History.Entry> entries,
      State state,
      Losses losses,
      Map<Parent, Set<Long>> found,
      List<Violation> violations) {
    this.entries = entries;
    this.state = state;
    this.losses = losses;
    this.found = found;
    this.violations = violations;
  }

  /** Adds its findings to the violations. */
  void check() {
    for (History.Entry entry : entries) {
      if (entry.request() instanceof Request.Change change) {
        requests.put(change.identity(), change);
        if (change.verb() == Request.Change.Verb.DELETE) {
          deletions
              .computeIfAbsent(new Parent.Chat(change.app(), change.chat()), _ -> new HashSet<>())
              .add(change.message());
        }
      } else if (entry.request() instanceof Request.ReadChanges(String app, long chat, _, _)
          && entry.outcome() instanceof Outcome.ChangePage(List<State.Change> changes)) {
        pages
            .computeIfAbsent(new Parent.Chat(app, chat), _ -> new ArrayList<>())
            .add(new Page(entry.startNanos(), changes));
      }
    }
    Map<Parent.Chat, VersionCheck.Shown> shown = VersionCheck.shown(entries);
    Set<Parent.Chat> chats = new HashSet<>(state.changeCounts().keySet());
    chats.addAll(state.messages().keySet());
    chats.addAll(state.changes().keySet());
    for (Parent.Chat chat : chats) {
      Map<Long, ReplayedMessage> messages = replayed(chat);
      checkCount(chat);
      checkPages(chat, messages);
      VersionCheck.Shown ofChat = shown.get(chat);
      if (ofChat != null) {
        new VersionCheck(
                chat, messages, state.changes().getOrDefault(chat, List.of()), losses, violations)
            .check(ofChat, deletedCount(chat));
      }
    }
  }

  private Map<Long, ReplayedMessage> replayed(Parent.Chat chat) {
    Map<Long, ReplayedMessage> messages = new HashMap<>();
    Set<Long> wrongMessages = found.getOrDefault(chat, Set.of());
    for (State.Message row : state.messages().getOrDefault(chat, List.of())) {
      ReplayedMessage message = new ReplayedMessage(row);
      if (wrongMessages.contains(row.number())) {
        message.isUnclear();
      }
      messages.put(row.number(), message);
    }
    for (State.Change change : state.changes().getOrDefault(chat, List.of())) {
      if (!change.isVoid()) {
        replay(chat, change, messages.get(change.message()));
      }
    }
    for (ReplayedMessage message : messages.values()) {
      if (message.isClear()) {
        message.compare(chat, violations);
      }
    }
    return messages;
  }

  private void replay(Parent.Chat chat, State.Change change, @Nullable ReplayedMessage message) {
    Request.Change request = requests.get(change.identity());
    if (message == null) {
      violations.add(
          new Violation.WrongEffect(chat.changes(), change.number(), "none", change.effect()));
    } else if (request == null
        || found.getOrDefault(chat.changes(), Set.of()).contains(change.number())) {
      message.isUnclear();
    } else {
      String expected = message.apply(change, request);
      if (!expected.equals(change.effect())) {
        if (message.isClear() || message.row().isVoid()) {
          violations.add(
              new Violation.WrongEffect(
                  chat.changes(), change.number(), expected, change.effect()));
        }
        message.isUnclear();
      } else if (!expected.equals("applied") && change.before() != null) {
        violations.add(
            new Violation.WrongBefore(chat.changes(), change.number(), null, change.before()));
      }
    }
  }

  /** A page says of a change what its row says, or what it said before the message was deleted. */
  private void checkPages(Parent.Chat chat, Map<Long, ReplayedMessage> messages) {
    Parent.Changes parent = chat.changes();
    Map<Long, State.Change> rows = new HashMap<>();
    state.changes().getOrDefault(chat, List.of()).forEach(row -> rows.put(row.number(), row));
    Set<Long> wrong = new HashSet<>();
    for (Page page : pages.getOrDefault(chat, List.of())) {
      for (State.Change shown : page.changes()) {
        long number = shown.number();
        State.Change row = rows.get(number);
        ReplayedMessage message = messages.get(shown.message());
        if (row == null
            || !row.identity().equals(shown.identity())
            || message == null
            || !message.isClear()
            || shown.effect().equals(PENDING)
            || losses.mayVanish(parent, number, page.startNanos())) {
          continue;
        }
        if (!row.effect().equals(shown.effect()) && wrong.add(number)) {
          violations.add(new Violation.WrongEffect(parent, number, row.effect(), shown.effect()));
        }
        if (!message.mayHaveSaid(number, shown.before())
            && !mayHaveBeenBlank(chat, shown, page)
            && wrong.add(number)) {
          violations.add(new Violation.WrongBefore(parent, number, row.before(), shown.before()));
        }
      }
    }
  }

  /**
   * Whether a page may show what a deletion had blanked, and MySQL has lost that deletion since.
   */
  private boolean mayHaveBeenBlank(Parent.Chat chat, State.Change shown, Page page) {
    return shown.before() == null
        && deletions.getOrDefault(chat, Set.of()).contains(shown.message())
        && losses.mayVanish(chat.changes(), Long.MAX_VALUE, page.startNanos());
  }

  private void checkCount(Parent.Chat chat) {
    long deleted =
        state.messages().getOrDefault(chat, List.of()).stream()
            .filter(State.Message::isDeleted)
            .count();
    if (state.changeCounts().containsKey(chat) && deletedCount(chat) != deleted) {
      violations.add(new Violation.WrongDeletedCount(chat, deletedCount(chat), deleted));
    }
  }

  private long deletedCount(Parent.Chat chat) {
    return state.changeCounts().getOrDefault(chat, new State.Counts(0, 0)).deleted();
  }
}

package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes of messages, for a test to add to a history and a state that agree. */
abstract class CheckerChangesFixture extends CheckerFixture {

  static final Parent.Changes CHANGES = CHAT.changes();

  static Request.Change edit(
      long message, String author, String body, @Nullable Long expectedRevision) {
    return new Request.Change(
        APP, 1, message, Request.Change.Verb.PUT, author, body, expectedRevision, null);
  }

  static Request.Change delete(long message, String author) {
    return new Request.Change(
        APP, 1, message, Request.Change.Verb.DELETE, author, null, null, null);
  }

  /** The next change of the first chat, accepted and there. */
  void changed(Request.Change change, String effect, @Nullable String before) {
    long number = state.changes().getOrDefault(CHAT, List.of()).size() + 1L;
    ask(change, new Outcome.Accepted(number, number));
    changeRow(number, change, effect, before);
  }

  /** A change that is there, with the right counts. */
  void changeRow(long number, Request.Change change, String effect, @Nullable String before) {
    boolean isDeletion = change.verb() == Request.Change.Verb.DELETE;
    add(
        State.Change.of(
            number,
            isDeletion ? "delete" : "edit",
            change.message(),
            effect,
            change.author(),
            before));
  }

  /** A row of a change, counted. */
  void add(State.Change change) {
    state.changes().computeIfAbsent(CHAT, _ -> new ArrayList<>()).add(change);
    boolean isDeleted = change.isDeletion() && change.effect().equals("applied");
    count(1, isDeleted ? 1 : 0);
    state.counters().put(CHAT.changes(), change.number());
  }

  /** Adds to the counts of the first chat. */
  void count(long changes, long deleted) {
    state
        .changeCounts()
        .computeIfPresent(
            CHAT,
            (_, counts) ->
                new State.Counts(counts.changes() + changes, counts.deleted() + deleted));
  }

  /** What a message of the first chat says after changes. */
  void says(State.Message message) {
    state.messages().getOrDefault(CHAT, List.of()).set((int) message.number() - 1, message);
  }

  static State.Message edited(long number, String created, String body, long revision) {
    return new State.Message(number, created, body, false, revision, true, false);
  }

  static State.Message deleted(long number, String created, long revision) {
    return new State.Message(number, created, "", false, revision, false, true);
  }

  /** A page that shows one message of the first chat. */
  void saw(State.Message message) {
    ask(
        new Request.ReadMessages(APP, 1, message.number() - 1, 1),
        new Outcome.Page(List.of(message)));
  }

  /** Edits of the second message and a deletion of the first, and two changes without effect. */
  void manyChanges() {
    changed(edit(2, "a", "TWO", null), "applied", "two");
    changed(edit(2, "b", "II", 1L), "applied", "TWO");
    changed(edit(2, "c", "2", 1L), "conflict", null);
    changed(edit(1, "d", "ONE", 0L), "applied", null);
    changed(delete(1, "e"), "applied", null);
    changed(edit(1, "f", "I", null), "none", null);
    says(edited(2, "two", "II", 2));
    says(new State.Message(1, "one", "", false, 5, true, true));
  }

  /** A page that shows one change of the first chat. */
  void sawChange(State.Change change) {
    ask(
        new Request.ReadChanges(APP, 1, change.number() - 1, 1),
        new Outcome.ChangePage(List.of(change)));
  }

  void setChange(State.Change change) {
    state.changes().getOrDefault(CHAT, List.of()).set((int) change.number() - 1, change);
  }

  State.Change change(long number) {
    return state.changes().getOrDefault(CHAT, List.of()).get((int) number - 1);
  }

  void effect(long number, String effect) {
    State.Change change = change(number);
    setChange(
        new State.Change(
            number,
            change.identity(),
            change.message(),
            change.isDeletion(),
            effect,
            change.before()));
  }

  void before(long number, String before) {
    State.Change change = change(number);
    setChange(
        new State.Change(
            number,
            change.identity(),
            change.message(),
            change.isDeletion(),
            change.effect(),
            before));
  }
}

package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A message as it was created, to which its changes are applied in the order of their numbers. It
 * knows what Tally promises: the last one wins, a deletion is final, and a change that expects
 * another revision has no effect.
 */
final class ReplayedMessage {

  private static final String APPLIED = "applied";

  private final State.Message row;
  private final List<Applied> applied = new ArrayList<>();
  private final NavigableMap<Long, Version> versions = new TreeMap<>();
  private long revision;
  private boolean isEdited;
  private boolean isUnclear;

  /**
   * What a message says from a change on.
   *
   * @param text of a deleted message, empty
   */
  record Version(String text, boolean isDeleted) {}

  /** A change that was applied, and what the message said before. */
  private record Applied(State.Change change, String before) {}

  /**
   * A message that has only been created.
   *
   * @param row what became of it
   */
  ReplayedMessage(State.Message row) {
    this.row = row;
    versions.put(0L, new Version(row.created(), false));
  }

  /** Forgets what the message must say, because a violation that is named already made it so. */
  void isUnclear() {
    isUnclear = true;
  }

  /** Whether it is known what the message must say. */
  boolean isClear() {
    return !isUnclear && !row.isVoid();
  }

  /** The message's row. */
  State.Message row() {
    return row;
  }

  /** What the message says from each applied change on; from 0 on, what it was created with. */
  NavigableMap<Long, Version> versions() {
    return versions;
  }

  private Version now() {
    return versions.lastEntry().getValue();
  }

  /** Applies the next change, and returns the effect that it must have. */
  String apply(State.Change change, Request.Change request) {
    if (row.isVoid() || now().isDeleted()) {
      return "none";
    }
    if (request.expectedRevision() != null && request.expectedRevision() != revision) {
      return "conflict";
    }
    applied.add(new Applied(change, now().text()));
    revision = change.number();
    isEdited |= !change.isDeletion();
    versions.put(
        revision,
        change.isDeletion()
            ? new Version("", true)
            : new Version(Objects.requireNonNullElse(request.body(), now().text()), false));
    return APPLIED;
  }

  /** Compares the message with its row. */
  void compare(Parent.Chat chat, List<Violation> violations) {
    long number = row.number();
    if (!isSame(now().text(), row.body())) {
      violations.add(new Violation.BodyDiffers(chat, number, now().text(), row.body()));
    }
    if (revision != row.revision()) {
      violations.add(new Violation.WrongRevision(chat, number, revision, row.revision()));
    }
    if (isEdited != row.isEdited() || now().isDeleted() != row.isDeleted()) {
      violations.add(new Violation.WronglyMarked(chat, number, row.isEdited(), row.isDeleted()));
    }
    for (Applied one : applied) {
      // The history of a deleted message says nothing of what it was.
      String expected = now().isDeleted() ? null : one.before();
      if (!isSame(expected, one.change().before())) {
        violations.add(
            new Violation.WrongBefore(
                chat.changes(), one.change().number(), expected, one.change().before()));
      }
    }
  }

  /** Whether the history of the message may have said this of what it was before a change. */
  boolean mayHaveSaid(long change, @Nullable String before) {
    String said =
        applied.stream()
            .filter(one -> one.change().number() == change)
            .map(Applied::before)
            .findFirst()
            .orElse(null);
    return isSame(said, before) || (before == null && now().isDeleted());
  }

  /** Whether two texts are one, as far as the name of a created one tells. */
  static boolean isSame(@Nullable String one, @Nullable String other) {
    if (one == null || other == null) {
      return Objects.equals(one, other);
    }
    return State.Message.name(one).equals(State.Message.name(other));
  }
}

package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what reads of a chat have shown of changed messages with what the messages said at some
 * time, and with what earlier reads have shown: no text comes back that was replaced or deleted.
 */
final class VersionCheck {

  private final Parent.Chat chat;
  private final Map<Long, ReplayedMessage> messages;
  private final List<State.Change> changes;
  private final Losses losses;
  private final List<Violation> violations;

  /** Numbers of messages that this check has named already. */
  private final Set<Long> wrong = new HashSet<>();

  /** A message in a page. */
  private record Seen(long startNanos, long endNanos, State.Message message) {}

  /** A count of deleted messages. */
  private record Count(long startNanos, long endNanos, long deleted) {}

  /** What clients were shown of a chat. */
  static final class Shown {
    private final Map<Long, List<Seen>> messages = new HashMap<>();
    private final List<Count> counts = new ArrayList<>();
  }

  /**
   * @param messages the chat's messages, and what they must have said
   * @param changes the chat's changes
   */
  VersionCheck(
      Parent.Chat chat,
      Map<Long, ReplayedMessage> messages,
      List<State.Change> changes,
      Losses losses,
      List<Violation> violations) {
    this.chat = chat;
    this.messages = messages;
    this.changes = changes;
    this.losses = losses;
    this.violations = violations;
  }

  /** Collects what clients were shown of each chat. */
  static Map<Parent.Chat, Shown> shown(List<History.Entry> entries) {
    Map<Parent.Chat, Shown> shown = new HashMap<>();
    for (History.Entry entry : entries) {
      long start = entry.startNanos();
      long end = entry.endNanos();
      if (entry.request() instanceof Request.ReadMessages request
          && entry.outcome() instanceof Outcome.Page(List<State.Message> page)) {
        Shown ofChat = of(shown, request.app(), request.chat());
        for (State.Message message : page) {
          ofChat
              .messages
              .computeIfAbsent(message.number(), _ -> new ArrayList<>())
              .add(new Seen(start, end, message));
        }
      } else if (entry.request() instanceof Request.ReadChat(String app, long chat)
          && entry.outcome() instanceof Outcome.ChatSeen(_, _, long deleted)) {
        of(shown, app, chat).counts.add(new Count(start, end, deleted));
      }
    }
    return shown;
  }

  private static Shown of(Map<Parent.Chat, Shown> shown, String app, long chat) {
    return shown.computeIfAbsent(new Parent.Chat(app, chat), _ -> new Shown());
  }

  /**
   * Adds its findings to the violations.
   *
   * @param deletedInTheEnd the chat's count of deleted messages
   */
  void check(Shown shown, long deletedInTheEnd) {
    shown.messages.forEach(
        (number, ofNumber) -> {
          ReplayedMessage message = messages.get(number);
          if (message != null && message.isClear()) {
            List<Seen> ofCreation =
                new ArrayList<>(
                    ofNumber.stream()
                        .filter(seen -> seen.message().hasCreationOf(message.row()))
                        .toList());
            ofCreation.forEach(seen -> checkText(message, seen));
            checkProgress(message, ofCreation);
          }
        });
    checkCounts(shown.counts, deletedInTheEnd);
  }

  private void checkText(ReplayedMessage message, Seen seen) {
    State.Message shown = seen.message();
    ReplayedMessage.Version version = message.versions().get(shown.revision());
    boolean isRight =
        version != null
            && ReplayedMessage.isSame(version.text(), shown.body())
            && version.isDeleted() == shown.isDeleted();
    if (!isRight
        && !losses.mayVanish(chat.changes(), shown.revision(), seen.startNanos())
        && wrong.add(shown.number())) {
      String expected = version == null ? message.row().body() : version.text();
      violations.add(new Violation.BodyDiffers(chat, shown.number(), shown.body(), expected));
    }
  }

  /** A read must show at least the revision that earlier reads have shown. */
  private void checkProgress(ReplayedMessage message, List<Seen> ofMessage) {
    List<Seen> byStart = new ArrayList<>(ofMessage);
    byStart.sort(Comparator.comparingLong(Seen::startNanos));
    byStart.add(new Seen(Long.MAX_VALUE, Long.MAX_VALUE, message.row()));
    for (int i = 0; i < byStart.size(); i++) {
      Seen later = byStart.get(i);
      State.Message shown = later.message();
      // A message is in some hundred pages.
      for (int j = 0; j < i; j++) {
        Seen earlier = byStart.get(j);
        if (earlier.endNanos() < later.startNanos()) {
          compare(shown, message, least(message, earlier, later));
        }
      }
    }
  }

  private void compare(State.Message shown, ReplayedMessage message, long least) {
    if (shown.revision() < least && wrong.add(shown.number())) {
      ReplayedMessage.Version version = message.versions().get(least);
      violations.add(
          version != null && version.isDeleted()
              ? new Violation.Resurrected(chat, shown.number(), shown.body())
              : new Violation.Rewound(chat, shown.number(), least, shown.revision()));
    }
  }

  /** The revision that a read must show at least, after what an earlier one has shown. */
  private long least(ReplayedMessage message, Seen earlier, Seen later) {
    long seen = earlier.message().revision();
    long kept = losses.changesKept(chat.changes(), earlier.startNanos(), later.endNanos());
    return seen <= kept ? seen : message.versions().floorKey(kept);
  }

  private void checkCounts(List<Count> counts, long deletedInTheEnd) {
    List<Count> byStart = new ArrayList<>(counts);
    byStart.sort(Comparator.comparingLong(Count::startNanos));
    byStart.add(new Count(Long.MAX_VALUE, Long.MAX_VALUE, deletedInTheEnd));
    for (int i = 0; i < byStart.size(); i++) {
      Count later = byStart.get(i);
      long least = 0;
      for (int j = 0; j < i; j++) {
        Count earlier = byStart.get(j);
        if (earlier.endNanos() < later.startNanos()) {
          long kept = losses.changesKept(chat.changes(), earlier.startNanos(), later.endNanos());
          least = Math.max(least, Math.min(earlier.deleted(), deletedUpTo(kept)));
        }
      }
      if (later.deleted() < least) {
        violations.add(new Violation.CountFell(chat, least, later.deleted()));
        return;
      }
    }
  }

  /** How many messages these changes have deleted at least; all of them, if none is lost. */
  private long deletedUpTo(long number) {
    return number == Long.MAX_VALUE
        ? number
        : changes.stream()
            .filter(
                change ->
                    change.number() <= number
                        && change.isDeletion()
                        && change.effect().equals("applied"))
            .count();
  }
}

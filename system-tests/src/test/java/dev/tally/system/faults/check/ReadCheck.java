package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares the reads of one chat with each other and with its rows: those of its messages, or those
 * of its changes.
 */
final class ReadCheck {

  /** Stands for the highest number of a chat that does not exist. */
  private static final long NO_CHAT = -1;

  private final Parent parent;
  private final boolean exists;
  private final List<State.Message> rows;
  private final Set<Long> wrong;
  private final Map<String, Write> writers;
  private final Losses losses;
  private final List<Violation> violations;

  /**
   * The facts that one read establishes.
   *
   * @param atLeast at some moment of the read, all numbers up to this one were visible
   * @param atMost at some moment of the read, no higher number was visible; {@link Long#MAX_VALUE}
   *     if the read does not show that
   * @param after the page begins after this number
   * @param page the messages or changes of the page, null if the read was not a page
   */
  record Read(
      long startNanos,
      long endNanos,
      long atLeast,
      long atMost,
      long after,
      @Nullable List<State.Message> page) {

    private static Read of(History.Entry entry, long atLeast, long atMost) {
      return new Read(entry.startNanos(), entry.endNanos(), atLeast, atMost, 0, null);
    }

    private static Read page(History.Entry entry, long after, int limit, List<State.Message> page) {
      long last = page.isEmpty() ? 0 : page.getLast().number();
      long atMost = page.size() < limit ? Math.max(last, after) : Long.MAX_VALUE;
      return new Read(entry.startNanos(), entry.endNanos(), last, atMost, after, page);
    }
  }

  /**
   * @param exists whether the chat has a row
   * @param rows in number order
   * @param wrong numbers that have a violation already; this check adds to them
   * @param writers the write of each body, to any parent
   */
  ReadCheck(
      Parent parent,
      boolean exists,
      List<State.Message> rows,
      Set<Long> wrong,
      Map<String, Write> writers,
      Losses losses,
      List<Violation> violations) {
    this.parent = parent;
    this.exists = exists;
    this.rows = rows;
    this.wrong = wrong;
    this.writers = writers;
    this.losses = losses;
    this.violations = violations;
  }

  /** The reads in a history that establish facts, by what they are about. */
  static Map<Parent, List<Read>> reads(List<History.Entry> entries) {
    Map<Parent, List<Read>> reads = new HashMap<>();
    for (History.Entry entry : entries) {
      switch (entry.request()) {
        case Request.ReadMessages(String app, long chat, _, _) ->
            add(reads, new Parent.Chat(app, chat), entry);
        case Request.ReadChanges(String app, long chat, _, _) ->
            add(reads, new Parent.Changes(app, chat), entry);
        case Request.ReadChat(String app, long chat) -> {
          add(reads, new Parent.Chat(app, chat), entry);
          add(reads, new Parent.Changes(app, chat), entry);
        }
        default -> {}
      }
    }
    return reads;
  }

  private static void add(Map<Parent, List<Read>> reads, Parent parent, History.Entry entry) {
    Read read = read(parent, entry);
    if (read != null) {
      reads.computeIfAbsent(parent, _ -> new ArrayList<>()).add(read);
    }
  }

  private static @Nullable Read read(Parent parent, History.Entry entry) {
    return switch (entry.outcome()) {
      case Outcome.ChatSeen(long messages, long changes, _) -> {
        long count = parent instanceof Parent.Changes ? changes : messages;
        yield Read.of(entry, count, count);
      }
      case Outcome.Page(List<State.Message> messages)
          when entry.request() instanceof Request.ReadMessages(_, _, long after, int limit) ->
          Read.page(entry, after, limit, messages);
      case Outcome.ChangePage(List<State.Change> changes)
          when entry.request() instanceof Request.ReadChanges(_, _, long after, int limit) ->
          Read.page(entry, after, limit, changes.stream().map(State.Change::asMessage).toList());
      case Outcome.Refused(int status, _) when status == 404 -> Read.of(entry, NO_CHAT, NO_CHAT);
      default -> null;
    };
  }

  /** Adds its findings to the violations. */
  void check(List<Read> reads) {
    Map<Long, State.Message> persisted = new HashMap<>();
    rows.forEach(row -> persisted.put(row.number(), row));
    for (Read read : reads) {
      if (read.page() != null) {
        checkPage(read, read.page(), persisted);
      }
    }
    checkProgress(reads);
  }

  private void checkPage(
      Read read, List<State.Message> messages, Map<Long, State.Message> persisted) {
    long expected = read.after() + 1;
    for (State.Message message : messages) {
      long number = message.number();
      if (number != expected) {
        violations.add(new Violation.BrokenPage(parent, expected, number));
      }
      expected = number + 1;
      State.Message row = persisted.get(number);
      if (row != null
          && !row.hasCreationOf(message)
          && !losses.mayVanish(parent, number, read.startNanos())
          && wrong.add(number)) {
        Write writer = writers.get(message.created());
        violations.add(
            writer == null || writer.parent().equals(parent)
                ? new Violation.BodyDiffers(parent, number, message.created(), row.created())
                : new Violation.Foreign(parent, number, writer.parent()));
      }
    }
  }

  /**
   * Checks that every read shows at least the numbers that earlier reads showed. A read is earlier
   * if it ended before the other began.
   */
  private void checkProgress(List<Read> reads) {
    List<Read> byStart = new ArrayList<>(reads);
    byStart.sort(Comparator.comparingLong(Read::startNanos));
    long highest = rows.isEmpty() ? 0 : rows.getLast().number();
    byStart.add(new Read(Long.MAX_VALUE, Long.MAX_VALUE, 0, exists ? highest : NO_CHAT, 0, null));
    for (int i = 0; i < byStart.size(); i++) {
      Read read = byStart.get(i);
      long seen = NO_CHAT;
      // A chat has some hundred reads.
      for (int j = 0; j < i; j++) {
        Read earlier = byStart.get(j);
        if (earlier.endNanos() < read.startNanos()) {
          seen = Math.max(seen, losses.stillThere(parent, earlier, read, NO_CHAT));
        }
      }
      if (read.atMost() < seen) {
        violations.add(new Violation.WentBackwards(parent, seen, read.atMost()));
      }
    }
  }
}

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

/** Compares the reads of one chat with each other and with its rows. */
final class ReadCheck {

  /** Stands for the highest number of a chat that does not exist. */
  private static final long NO_CHAT = -1;

  private final Parent.Chat chat;
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
   * @param page the messages of the page, null if the read was not a page
   */
  record Read(
      long startNanos,
      long endNanos,
      long atLeast,
      long atMost,
      Request.@Nullable ReadMessages request,
      Outcome.@Nullable Page page) {}

  /**
   * @param exists whether the chat has a row
   * @param rows in number order
   * @param wrong numbers that have a violation already; this check adds to them
   * @param writers the write of each body, to any parent
   */
  ReadCheck(
      Parent.Chat chat,
      boolean exists,
      List<State.Message> rows,
      Set<Long> wrong,
      Map<String, Write> writers,
      Losses losses,
      List<Violation> violations) {
    this.chat = chat;
    this.exists = exists;
    this.rows = rows;
    this.wrong = wrong;
    this.writers = writers;
    this.losses = losses;
    this.violations = violations;
  }

  /** The reads in a history that establish facts, by chat. */
  static Map<Parent.Chat, List<Read>> reads(List<History.Entry> entries) {
    Map<Parent.Chat, List<Read>> reads = new HashMap<>();
    for (History.Entry entry : entries) {
      switch (entry.request()) {
        case Request.ReadMessages request ->
            add(reads, new Parent.Chat(request.app(), request.chat()), entry);
        case Request.ReadChat request ->
            add(reads, new Parent.Chat(request.app(), request.chat()), entry);
        default -> {}
      }
    }
    return reads;
  }

  private static void add(
      Map<Parent.Chat, List<Read>> reads, Parent.Chat chat, History.Entry entry) {
    Read read = read(entry);
    if (read != null) {
      reads.computeIfAbsent(chat, _ -> new ArrayList<>()).add(read);
    }
  }

  private static @Nullable Read read(History.Entry entry) {
    long start = entry.startNanos();
    long end = entry.endNanos();
    return switch (entry.outcome()) {
      case Outcome.ChatSeen(long count) -> new Read(start, end, count, count, null, null);
      case Outcome.Page page when entry.request() instanceof Request.ReadMessages request -> {
        List<State.Message> messages = page.messages();
        long last = messages.isEmpty() ? 0 : messages.getLast().number();
        long atMost =
            messages.size() < request.limit() ? Math.max(last, request.after()) : Long.MAX_VALUE;
        yield new Read(start, end, last, atMost, request, page);
      }
      case Outcome.Refused(int status, _) when status == 404 ->
          new Read(start, end, NO_CHAT, NO_CHAT, null, null);
      default -> null;
    };
  }

  /** Adds its findings to the violations. */
  void check(List<Read> reads) {
    Map<Long, State.Message> persisted = new HashMap<>();
    rows.forEach(row -> persisted.put(row.number(), row));
    for (Read read : reads) {
      if (read.request() != null && read.page() != null) {
        checkPage(read, read.request(), read.page().messages(), persisted);
      }
    }
    checkProgress(reads);
  }

  private void checkPage(
      Read read,
      Request.ReadMessages request,
      List<State.Message> messages,
      Map<Long, State.Message> persisted) {
    long expected = request.after() + 1;
    for (State.Message message : messages) {
      long number = message.number();
      if (number != expected) {
        violations.add(new Violation.BrokenPage(chat, expected, number));
      }
      expected = number + 1;
      State.Message row = persisted.get(number);
      if (row != null
          && !row.equals(message)
          && !losses.mayVanish(chat, number, read.startNanos())
          && wrong.add(number)) {
        Write writer = writers.get(message.body());
        violations.add(
            writer == null || writer.parent().equals(chat)
                ? new Violation.BodyDiffers(chat, number, message.body(), row.body())
                : new Violation.Foreign(chat, number, writer.parent()));
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
    byStart.add(
        new Read(Long.MAX_VALUE, Long.MAX_VALUE, 0, exists ? highest : NO_CHAT, null, null));
    for (int i = 0; i < byStart.size(); i++) {
      Read read = byStart.get(i);
      long seen = NO_CHAT;
      // A chat has some hundred reads.
      for (int j = 0; j < i; j++) {
        Read earlier = byStart.get(j);
        if (earlier.endNanos() < read.startNanos()) {
          seen = Math.max(seen, losses.stillThere(chat, earlier, read, NO_CHAT));
        }
      }
      if (read.atMost() < seen) {
        violations.add(new Violation.WentBackwards(chat, seen, read.atMost()));
      }
    }
  }
}

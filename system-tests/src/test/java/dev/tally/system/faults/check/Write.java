package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One write, with all its attempts.
 *
 * @param bodies the names of messages' bodies; one empty body for a chat; for a change, its
 *     identity
 * @param fate whether its rows must, may or must not exist
 * @param numbers the numbers in the answer, if it was accepted
 * @param startNanos the write happened after this moment
 * @param endNanos the write happened before this moment; {@link Long#MAX_VALUE} if that is unknown
 * @param answeredNanos the attempt that was accepted began at this moment; else the first one
 * @param lastNanos the last attempt ended at this moment
 */
public record Write(
    Parent parent,
    List<String> bodies,
    Fate fate,
    Outcome.@Nullable Accepted numbers,
    long startNanos,
    long endNanos,
    long answeredNanos,
    long lastNanos) {

  /** Whether the rows of a write must exist. */
  public enum Fate {
    ACCEPTED,
    UNKNOWN,
    REFUSED
  }

  /** The checker treats a chat as a message with this body. */
  public static final String NO_BODY = "";

  /**
   * Collects all writes to apps and chats, changes among them, and reports violations that their
   * answers alone show.
   */
  public static List<Write> in(List<History.Entry> entries, List<Violation> violations) {
    Map<Request, List<History.Entry>> tries = new HashMap<>();
    List<Write> writes = new ArrayList<>();
    for (History.Entry entry : entries) {
      if (entry.request().key() != null) {
        tries.computeIfAbsent(entry.request(), _ -> new ArrayList<>()).add(entry);
      } else if (parent(entry.request()) != null) {
        add(writes, List.of(entry), violations);
      }
    }
    tries.values().forEach(ofOne -> add(writes, ofOne, violations));
    return writes;
  }

  /** The parent that a write adds to, null for other requests. */
  public static @Nullable Parent parent(Request request) {
    return switch (request) {
      case Request.NewChat chat -> new Parent.App(chat.app());
      case Request.NewMessages messages -> new Parent.Chat(messages.app(), messages.chat());
      case Request.Change change -> new Parent.Changes(change.app(), change.chat());
      default -> null;
    };
  }

  private static void add(
      List<Write> writes, List<History.Entry> tries, List<Violation> violations) {
    Request request = tries.getFirst().request();
    Parent parent = parent(request);
    if (parent == null) {
      return;
    }
    List<String> bodies =
        switch (request) {
          case Request.NewMessages messages ->
              messages.bodies().stream().map(State.Message::name).toList();
          case Request.Change change -> List.of(change.identity());
          default -> List.of(NO_BODY);
        };
    Fate fate = Fate.REFUSED;
    Outcome.Accepted numbers = null;
    long start = Long.MAX_VALUE;
    long end = Long.MAX_VALUE;
    long answered = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    for (History.Entry entry : tries) {
      start = Math.min(start, entry.startNanos());
      last = Math.max(last, entry.endNanos());
      if (entry.outcome() instanceof Outcome.Accepted accepted) {
        fate = Fate.ACCEPTED;
        end = Math.min(end, entry.endNanos());
        answered = Math.min(answered, entry.startNanos());
        if (numbers == null) {
          numbers = accepted;
        } else if (!numbers.equals(accepted)) {
          violations.add(
              new Violation.AnsweredTwice(
                  parent, String.valueOf(request.key()), numbers.first(), accepted.first()));
        }
      } else if (entry.outcome() instanceof Outcome.Unknown && fate == Fate.REFUSED) {
        fate = Fate.UNKNOWN;
      }
    }
    if (numbers != null && numbers.last() - numbers.first() + 1 != bodies.size()) {
      violations.add(
          new Violation.Miscounted(parent, numbers.first(), numbers.last(), bodies.size()));
    }
    writes.add(
        new Write(
            parent, bodies, fate, numbers, start, end, numbers == null ? start : answered, last));
  }
}

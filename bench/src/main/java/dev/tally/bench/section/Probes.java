package dev.tally.bench.section;

import dev.tally.bench.system.Calls;
import dev.tally.bench.system.Text;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/**
 * Messages that are due at a fixed rate, with the time from when each was due until it was visible.
 *
 * @param messagesPath the path of the messages of a chat that gets no other ones
 * @param interval the time from when one message is due to the next
 * @param pause the time before a message that is not visible is looked for again
 * @param look the rest of the path of a read whose answer has the message once it is visible
 */
record Probes(
    Service gateway,
    Service api,
    String messagesPath,
    Duration interval,
    Duration pause,
    Function<Probe, String> look) {

  private static final Pattern NUMBER = Pattern.compile("\"message_number\":(\\d+)");

  /**
   * An accepted message.
   *
   * @param word no other message has it
   */
  record Probe(long due, long number, String word) {}

  /**
   * Sends messages until that is over, and then waits until all accepted messages are visible.
   * Messages of a chat become visible in number order, so this looks for one after the other.
   *
   * @return the times in nanoseconds
   */
  Histogram measure(AtomicBoolean over) {
    Queue<Probe> accepted = new ConcurrentLinkedQueue<>();
    Thread.startVirtualThread(() -> send(accepted, over));
    Histogram lags = new Histogram(3);
    while (!over.get() || !accepted.isEmpty()) {
      Probe next = accepted.peek();
      if (next != null && isVisible(next)) {
        lags.recordValue(Math.max(1, System.nanoTime() - next.due()));
        accepted.remove();
      } else {
        LockSupport.parkNanos(pause.toNanos());
      }
    }
    return lags;
  }

  private boolean isVisible(Probe probe) {
    String answer = Calls.get(api.port(), messagesPath + look.apply(probe)).orElse("");
    return answer.contains(probe.word());
  }

  /** Sends each message in a thread of its own: a slow answer delays no other message. */
  private void send(Queue<Probe> accepted, AtomicBoolean over) {
    for (long next = System.nanoTime(); !over.get(); next += interval.toNanos()) {
      LockSupport.parkNanos(next - System.nanoTime());
      long due = next;
      Thread.startVirtualThread(() -> send(due).ifPresent(accepted::add));
    }
  }

  private Optional<Probe> send(long due) {
    String word = "q" + Long.toHexString(due);
    return Calls.post(gateway.port(), messagesPath, Text.json("probe " + word))
        .map(NUMBER::matcher)
        .filter(Matcher::find)
        .map(number -> new Probe(due, Long.parseLong(number.group(1)), word));
  }
}

package dev.tally.local;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tells whoever waits how far the start is: a line for each part that is up and, on a terminal,
 * which ones are still coming.
 */
final class Progress {

  /** Back to the beginning of the line, which is then emptied. */
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final long begin;

  /** What is coming, and since when. */
  private final Map<String, Long> coming = new LinkedHashMap<>();

  /**
   * @param terminal whether a line may be written over
   * @param nanos a clock
   */
  Progress(PrintStream out, boolean terminal, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  /** To this process's output. */
  static Progress onConsole() {
    boolean terminal = System.console() != null && System.console().isTerminal();
    return new Progress(System.out, terminal, System::nanoTime);
  }

  /** A line of its own. */
  synchronized void say(String line) {
    clear();
    out.println(line);
    showComing();
  }

  /** A part is being started. */
  synchronized void starting(String part) {
    coming.put(part, nanos.getAsLong());
    clear();
    showComing();
  }

  /** A part that was being started is up. */
  synchronized void up(String part) {
    Long since = coming.remove(part);
    long took = nanos.getAsLong() - (since == null ? begin : since);
    say("  %-14s %6s".formatted(part, seconds(Duration.ofNanos(took))));
  }

  /** Nothing is coming any more, for good or ill. */
  synchronized void end() {
    coming.clear();
    clear();
    out.flush();
  }

  /** How long it has been since the beginning. */
  String elapsed() {
    return seconds(Duration.ofNanos(nanos.getAsLong() - begin));
  }

  private void clear() {
    if (terminal) {
      out.print(CLEAR);
    }
  }

  private void showComing() {
    if (terminal && !coming.isEmpty()) {
      out.print("  … " + String.join(", ", coming.keySet()));
    }
    out.flush();
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}

package dev.tally.local;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Prints the progress of a start: a line for each part that is up and, on a terminal, the parts
 * that are still starting.
 */
final class Progress {

  /** Returns to the beginning of the line and erases it. */
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final long begin;

  /** The parts that are starting, with the time of each start. */
  private final Map<String, Long> starting = new LinkedHashMap<>();

  /**
   * @param terminal whether {@code out} can erase a line
   * @param nanos a clock in nanoseconds
   */
  Progress(PrintStream out, boolean terminal, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
    this.begin = nanos.getAsLong();
  }

  /** Prints to this process's standard output. */
  static Progress onConsole() {
    // Without a terminal, the console is null or says so, depending on the JDK.
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    return new Progress(System.out, terminal, System::nanoTime);
  }

  /** Prints a line. */
  synchronized void say(String line) {
    clear();
    out.println(line);
    showStarting();
  }

  /** Reports that a part is starting. */
  synchronized void starting(String part) {
    starting.put(part, nanos.getAsLong());
    clear();
    showStarting();
  }

  /** Reports that a part is up. */
  synchronized void up(String part) {
    Long since = starting.remove(part);
    long took = nanos.getAsLong() - (since == null ? begin : since);
    say("  %-14s %6s".formatted(part, seconds(Duration.ofNanos(took))));
  }

  /** Ends the start, which has succeeded or failed. */
  synchronized void end() {
    starting.clear();
    clear();
    out.flush();
  }

  /** The time since this object was created. */
  String elapsed() {
    return seconds(Duration.ofNanos(nanos.getAsLong() - begin));
  }

  private void clear() {
    if (terminal) {
      out.print(CLEAR);
    }
  }

  private void showStarting() {
    if (terminal && !starting.isEmpty()) {
      out.print("  … " + String.join(", ", starting.keySet()));
    }
    out.flush();
  }

  private static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
  }
}

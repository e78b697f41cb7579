package dev.tally.worker.command;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * Shows the progress of a long run: on a terminal one line that changes, elsewhere a line every
 * five seconds.
 */
final class ProgressLine {

  private static final Duration ON_TERMINAL = Duration.ofMillis(200);
  private static final Duration ELSEWHERE = Duration.ofSeconds(5);

  private final PrintWriter out;

  @SuppressWarnings("SystemConsoleNull") // on JDK 25 it is null without a terminal
  private final boolean terminal = System.console() != null && System.console().isTerminal();

  private final long begin = System.nanoTime();
  private long shownAt = begin;

  ProgressLine(PrintWriter out) {
    this.out = out;
  }

  /** Shows progress, unless it has just been shown. */
  void show(String what, long done, long total) {
    long now = System.nanoTime();
    Duration interval = terminal ? ON_TERMINAL : ELSEWHERE;
    if (now - shownAt < interval.toNanos()) {
      return;
    }
    shownAt = now;
    double seconds = Math.max(0.001, (now - begin) / 1e9);
    double rate = done / seconds;
    StringBuilder line = new StringBuilder("%s: %,d".formatted(what, done));
    if (total > 0) {
      line.append(" of %,d (%.0f %%)".formatted(total, Math.min(100, 100.0 * done / total)));
    }
    line.append(", %,.0f a second".formatted(rate));
    if (total > done && rate > 0) {
      line.append(", about %,.0f s left".formatted((total - done) / rate));
    }
    if (terminal) {
      out.print("\r\u001b[K" + line);
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Clears the line for the output that follows. */
  void end() {
    if (terminal) {
      out.print("\r\u001b[K");
      out.flush();
    }
  }
}

package dev.tally.system.faults.workload;

import java.util.ArrayList;
import java.util.List;

/**
 * What clients asked and what they were told, as they saw it themselves. Any number of threads may
 * append to it.
 */
public final class History {

  private final List<Entry> entries = new ArrayList<>();

  /**
   * A request and what came of it.
   *
   * @param client who asked; a client asks one thing at a time
   * @param startNanos {@link System#nanoTime} right before the request was sent
   * @param endNanos {@link System#nanoTime} right after its outcome was known
   */
  public record Entry(
      int client, Request request, Outcome outcome, long startNanos, long endNanos) {}

  public synchronized void record(Entry entry) {
    entries.add(entry);
  }

  /** Everything recorded so far, in the order in which outcomes became known, more or less. */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }
}

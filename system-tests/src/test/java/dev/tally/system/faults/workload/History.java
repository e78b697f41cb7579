package dev.tally.system.faults.workload;

import java.util.ArrayList;
import java.util.List;

/**
 * The requests of clients and their outcomes, as the clients saw them. Any number of threads may
 * append to it.
 */
public final class History {

  private final List<Entry> entries = new ArrayList<>();

  /**
   * A request and its outcome.
   *
   * @param client the number of the client, which sends one request at a time
   * @param startNanos {@link System#nanoTime} right before the request was sent
   * @param endNanos {@link System#nanoTime} right after its outcome was known
   */
  public record Entry(
      int client, Request request, Outcome outcome, long startNanos, long endNanos) {}

  public synchronized void record(Entry entry) {
    entries.add(entry);
  }

  /** All entries so far, roughly in the order in which their outcomes became known. */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }
}

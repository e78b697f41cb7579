package dev.tally.bench.system;

import dev.tally.bench.load.Parallel;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Measures how fast workers empty full queues. The workers are frozen while the queues are filled,
 * so that warm processes start with a full queue.
 */
public final class Drainage {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Servers servers;
  private final List<Service> workers;

  public Drainage(Servers servers, List<Service> workers) {
    this.servers = servers;
    this.workers = workers;
  }

  /**
   * Fills the queues, and lets the workers empty them.
   *
   * @return messages per second, from the first acknowledged batch to the last
   */
  public double measure(AcceptCalls calls, int messages) {
    workers.forEach(Service::freeze);
    long before = servers.database().messages();
    final long first;
    try {
      calls.queue(messages);
      first = Queues.waiting(servers.redis().commands());
    } finally {
      workers.forEach(Service::thaw);
    }
    long thawed = System.nanoTime();
    await(
        "a worker's first batch",
        () -> Queues.waiting(servers.redis().commands()) == first ? 1 : 0);
    long begin = System.nanoTime();
    long left = Queues.waiting(servers.redis().commands());
    awaitPersisted();
    long end = System.nanoTime();
    // If the queues are already empty at the first look, only the start can be the beginning.
    double rate = left == 0 ? first * 1e9 / (end - thawed) : left * 1e9 / (end - begin);
    long persisted = servers.database().messages() - before;
    if (persisted != messages) {
      throw new IllegalStateException(
          "%,d messages were queued, but %,d were persisted".formatted(messages, persisted));
    }
    return rate;
  }

  /** Waits until the queues are empty. */
  public void awaitPersisted() {
    await("an empty queue", () -> Queues.waiting(servers.redis().commands()));
  }

  /** Waits until all persisted messages are indexed, and returns the time that this took. */
  public Duration awaitSearch() {
    long begin = System.nanoTime();
    await("an empty outbox", servers.database()::outbox);
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Waits until {@code left} is zero. */
  public static void await(String what, LongSupplier left) {
    long begin = System.nanoTime();
    while (left.getAsLong() > 0) {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new IllegalStateException("gave up waiting for " + what);
      }
      Parallel.pause(LOOK);
    }
  }
}

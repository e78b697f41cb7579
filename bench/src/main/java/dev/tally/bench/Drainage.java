package dev.tally.bench;

import dev.tally.bench.system.Queues;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Service;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * How fast workers empty full queues. They are stopped where they are while the queues are filled,
 * so that what is measured are warm processes with nothing in their way.
 */
final class Drainage {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Servers servers;
  private final List<Service> workers;

  Drainage(Servers servers, List<Service> workers) {
    this.servers = servers;
    this.workers = workers;
  }

  /**
   * Fills the queues and lets the workers empty them.
   *
   * @return messages a second, from the first batch that was acknowledged after its commit to the
   *     last one
   */
  double measure(AcceptCalls calls, int messages) {
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
    // what was gone at first sight is timed from the start
    double rate = left == 0 ? first * 1e9 / (end - thawed) : left * 1e9 / (end - begin);
    long persisted = servers.database().messages() - before;
    if (persisted != messages) {
      throw new IllegalStateException(
          "%,d messages were queued, and %,d persisted".formatted(messages, persisted));
    }
    return rate;
  }

  /** Waits until nothing is queued. */
  void awaitPersisted() {
    await("an empty queue", () -> Queues.waiting(servers.redis().commands()));
  }

  /** Waits until everything that is persisted has been indexed, and says how long that took. */
  Duration awaitSearch() {
    long begin = System.nanoTime();
    await("an empty outbox", servers.database()::outbox);
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Waits until nothing is left of something. */
  static void await(String what, LongSupplier left) {
    long begin = System.nanoTime();
    while (left.getAsLong() > 0) {
      if (System.nanoTime() - begin > PATIENCE.toNanos()) {
        throw new IllegalStateException("waited in vain for " + what);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

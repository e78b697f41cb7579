package dev.tally.worker.indexer;

import dev.tally.common.log.LoggedFault;
import dev.tally.worker.index.lifecycle.IndexKeeper;
import dev.tally.worker.outbox.IndexSignal;
import dev.tally.worker.retry.Retry;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Takes persisted messages from the outbox to the search indexes, a round at a time, until the
 * worker stops. Between rounds it checks the indexes.
 */
@Component
@Profile("service")
final class Indexer implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Indexer.class);

  private static final Duration POLL = Duration.ofSeconds(1);

  /**
   * How long new messages are gathered before the next round. A round costs as much for one message
   * as for a hundred, and Elasticsearch makes new documents visible once a second only.
   */
  private static final Duration GATHER = Duration.ofMillis(100);

  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(30);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final Duration UNEXPECTED_DELAY = Duration.ofSeconds(30);
  private static final Duration FIRST_DELAY = Duration.ofMillis(200);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);

  /** How soon a pause notices that the worker stops. */
  private static final Duration PAUSE_PIECE = Duration.ofMillis(100);

  private final IndexRound round;
  private final IndexKeeper keeper;
  private final IndexSignal signal;
  private final IndexMetrics metrics;
  private final Retry retry;

  private volatile boolean running;
  private long checkedAt = System.nanoTime() - CHECK_INTERVAL.toNanos();
  private @Nullable Thread thread;

  Indexer(IndexRound round, IndexKeeper keeper, IndexSignal signal, IndexMetrics metrics) {
    this.round = round;
    this.keeper = keeper;
    this.signal = signal;
    this.metrics = metrics;
    this.retry =
        new Retry(
            log,
            "indexing",
            Retry.endless(FIRST_DELAY, LONGEST_DELAY),
            this::pause,
            metrics::failed);
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofVirtual().name("indexer").start(this::run);
  }

  @Override
  public void stop() {
    running = false;
    signal.wake();
    try {
      if (thread != null && !thread.join(STOP_PATIENCE)) {
        log.warn("the indexer did not end in time; its last batch will be indexed again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  private void run() {
    try {
      while (running) {
        if (!index()) {
          pause(GATHER);
          signal.await(POLL);
        }
      }
    } catch (CancellationException e) {
      log.debug("the indexer has stopped: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes a step, and returns whether to go on at once. A defect must not end the thread. */
  private boolean index() {
    try {
      return retry.call(this::step);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      metrics.failed();
      log.error("indexing failed unexpectedly and is tried again", LoggedFault.of(e));
      pause(UNEXPECTED_DELAY);
      return true;
    }
  }

  /** Checks the indexes if that is due, runs a round, and returns whether to go on at once. */
  private boolean step() {
    if (System.nanoTime() - checkedAt >= CHECK_INTERVAL.toNanos()) {
      keeper.check();
      checkedAt = System.nanoTime();
    }
    return switch (round.run()) {
      case IDLE, INDEX_OUTDATED, WORKER_OUTDATED -> false;
      case MORE -> true;
      case INDEX_MISSING -> {
        keeper.check();
        // Not at once: an index that stays missing must not keep this thread busy.
        yield false;
      }
    };
  }

  /**
   * Waits. Ignores wake-ups: more work is no reason to end a pause.
   *
   * @throws CancellationException if the worker stops
   */
  private void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Math.min(PAUSE_PIECE.toNanos(), end - System.nanoTime()));
      if (!running || Thread.currentThread().isInterrupted()) {
        throw new CancellationException("the worker stops");
      }
    }
  }
}

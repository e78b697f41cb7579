package dev.tally.worker.outbox;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Wakes the indexer when there is something to do. Any number of wakes count as one until the
 * indexer looks.
 */
@Component
public final class IndexSignal {

  private final Semaphore woken = new Semaphore(0);

  public void wake() {
    if (woken.availablePermits() == 0) {
      woken.release();
    }
  }

  /** Waits for a wake, at most this long. */
  public void await(Duration longest) throws InterruptedException {
    boolean _ = woken.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS);
    woken.drainPermits();
  }
}

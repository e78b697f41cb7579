package dev.tally.worker.outbox;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Lets the indexer sleep until there is something to do. Any number of wakes before it looks count
 * as one.
 */
@Component
public final class IndexSignal {

  private final Semaphore woken = new Semaphore(0);

  public void wake() {
    if (woken.availablePermits() == 0) {
      woken.release();
    }
  }

  /** Waits for a wake, but not longer than this. */
  public void await(Duration longest) throws InterruptedException {
    boolean _ = woken.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS);
    woken.drainPermits();
  }
}

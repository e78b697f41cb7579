package dev.tally.worker.periodic;

import dev.tally.common.log.LoggedFault;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Work that a thread of its own repeats, with a pause after each run, until the task is stopped. A
 * run that fails does not end the task.
 */
public final class PeriodicTask {

  private final Logger log;
  private final String name;
  private final Duration afterFailure;
  private final Supplier<Duration> work;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable Thread thread;

  /**
   * @param log where an unexpected failure is logged
   * @param name names the thread, and the task in the log
   * @param afterFailure the pause after a run that throws an exception
   * @param work a run; returns the pause after it
   */
  public PeriodicTask(Logger log, String name, Duration afterFailure, Supplier<Duration> work) {
    this.log = log;
    this.name = name;
    this.afterFailure = afterFailure;
    this.work = work;
  }

  /**
   * Starts the thread.
   *
   * @param delay the pause before the first run
   */
  public void start(Duration delay) {
    thread = Thread.ofVirtual().name(name).start(() -> repeat(delay));
  }

  private void repeat(Duration delay) {
    try {
      Duration pause = delay;
      while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        pause = run();
      }
    } catch (CancellationException e) {
      log.debug("{} was stopped in the middle of its work", name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration run() {
    try {
      return work.get();
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      log.error("{} failed unexpectedly and is tried again", name, LoggedFault.of(e));
      return afterFailure;
    }
  }

  /**
   * Ends a run in the middle if the task is to stop. Work that takes long calls this now and then.
   *
   * @throws CancellationException if the task is to stop
   */
  public void checkStopped() {
    if (stopped.getCount() == 0) {
      throw new CancellationException("the worker stops");
    }
  }

  /**
   * Ends a pause at once, and waits for the end of a run.
   *
   * @param patience how long to wait
   * @return whether the thread has ended
   */
  public boolean stop(Duration patience) {
    stopped.countDown();
    try {
      return thread == null || thread.join(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return !isRunning();
    }
  }

  /** Whether the thread runs: it was started and has not ended. */
  public boolean isRunning() {
    return thread != null && thread.isAlive();
  }
}

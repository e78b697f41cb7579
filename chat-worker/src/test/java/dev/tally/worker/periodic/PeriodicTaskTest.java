package dev.tally.worker.periodic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
class PeriodicTaskTest {

  /** No test waits for such a pause. */
  private static final Duration LONG = Duration.ofDays(1);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private @Nullable PeriodicTask task;

  @AfterEach
  void stop() {
    if (task != null) {
      assertThat(task.stop(PATIENCE)).isTrue();
    }
  }

  @Test
  void itRunsUntilItIsStopped() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(3);
    PeriodicTask task = task(() -> after(runs, Duration.ZERO));
    assertThat(task.isRunning()).isFalse();

    task.start(Duration.ZERO);

    runs.await();
    assertThat(task.isRunning()).isTrue();
    assertThat(task.stop(PATIENCE)).isTrue();
    assertThat(task.isRunning()).isFalse();
  }

  @Test
  void aRunThatFailsDoesNotEndIt() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(3);

    task(() -> {
          runs.countDown();
          throw new IllegalStateException("a defect");
        })
        .start(Duration.ZERO);

    runs.await();
  }

  @Test
  void stoppingEndsAPause() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(1);
    PeriodicTask task = task(() -> after(runs, LONG));
    task.start(Duration.ZERO);
    runs.await();

    assertThat(task.stop(PATIENCE)).isTrue();
  }

  @Test
  void aTaskThatIsStoppedBeforeItsFirstRunNeverRuns() throws InterruptedException {
    AtomicInteger runs = new AtomicInteger();
    PeriodicTask delayed = task(() -> Duration.ofMillis(runs.incrementAndGet()));
    delayed.start(LONG);
    CountDownLatch meanwhile = new CountDownLatch(1_000);
    task(() -> after(meanwhile, Duration.ZERO)).start(Duration.ZERO);
    meanwhile.await();

    assertThat(delayed.stop(PATIENCE)).isTrue();

    assertThat(runs).hasValue(0);
  }

  @Test
  void aLongRunNoticesThatItIsToStop() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicReference<PeriodicTask> self = new AtomicReference<>();
    PeriodicTask task =
        task(
            () -> {
              begun.countDown();
              while (true) {
                self.get().checkStopped();
                Thread.onSpinWait();
              }
            });
    self.set(task);
    task.start(Duration.ZERO);
    begun.await();

    assertThat(task.stop(PATIENCE)).isTrue();
  }

  @Test
  void stoppingSaysThatARunHasNotEnded() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    PeriodicTask task =
        task(
            () -> {
              begun.countDown();
              return after(end);
            });
    task.start(Duration.ZERO);
    begun.await();

    assertThat(task.stop(Duration.ofMillis(1))).isFalse();
    assertThat(task.isRunning()).isTrue();

    end.countDown();
    assertThat(task.stop(PATIENCE)).isTrue();
  }

  private PeriodicTask task(Supplier<Duration> work) {
    PeriodicTask created =
        new PeriodicTask(LoggerFactory.getLogger(getClass()), "test", Duration.ZERO, work);
    task = created;
    return created;
  }

  private static Duration after(CountDownLatch runs, Duration pause) {
    runs.countDown();
    return pause;
  }

  private static Duration after(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      throw new CancellationException("interrupted");
    }
    return LONG;
  }
}

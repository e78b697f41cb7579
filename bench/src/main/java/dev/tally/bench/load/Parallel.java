package dev.tally.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs work in several threads at once. */
public final class Parallel {

  private Parallel() {}

  /** Work that can fail. */
  @FunctionalInterface
  public interface Work {

    /**
     * Does the work.
     *
     * @param thread the number of the thread, from 0
     */
    void run(int thread) throws Exception;
  }

  /** Runs each work in a thread of its own, and returns when all have ended. */
  public static void run(List<Work> all) {
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        int thread = i;
        Work work = all.get(i);
        running.add(
            threads.submit(
                () -> {
                  work.run(thread);
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits. */
  public static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

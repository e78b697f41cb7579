package dev.tally.bench.load;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** Runs work in several threads at once. */
public final class Parallel {

  private Parallel() {}

  /** The work of one thread. */
  @FunctionalInterface
  public interface Work {

    /**
     * Does the work.
     *
     * @param thread the number of the thread, from 0
     */
    void run(int thread);
  }

  /** Runs each work in a thread of its own, and returns when all have ended. */
  public static void run(List<Work> all) {
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      IntStream.range(0, all.size())
          .mapToObj(i -> CompletableFuture.runAsync(() -> all.get(i).run(i), threads))
          .toList()
          .forEach(CompletableFuture::join);
    }
  }
}

package dev.tally.bench.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** Runs work in several threads at once. */
public final class Parallel {

  private Parallel() {}

  /** Runs the same work in each thread, and returns when all have ended. */
  public static void run(int threads, Runnable work) {
    try (ExecutorService executor = Executors.newThreadPerTaskExecutor(Thread::new)) {
      IntStream.range(0, threads)
          .mapToObj(_ -> CompletableFuture.runAsync(work, executor))
          .toList()
          .forEach(CompletableFuture::join);
    }
  }
}

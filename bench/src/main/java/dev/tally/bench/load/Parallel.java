package dev.tally.bench.load;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Runs work in several threads at once. */
public final class Parallel {

  private Parallel() {}

  /** Runs each work in a thread of its own, and returns when all have ended. */
  public static void run(List<Runnable> all) {
    try (ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread::new)) {
      all.stream()
          .map(work -> CompletableFuture.runAsync(work, threads))
          .toList()
          .forEach(CompletableFuture::join);
    }
  }
}

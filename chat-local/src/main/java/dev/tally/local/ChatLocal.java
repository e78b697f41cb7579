package dev.tally.local;

import dev.tally.stack.StackException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Runs Tally on this machine: real servers, all three services, data that is kept. */
public final class ChatLocal {

  private ChatLocal() {}

  /** Runs until Ctrl-C. Configured by environment variables, see the module's README. */
  public static void main(String[] args) throws InterruptedException {
    // one line a message, as the services' own logs
    System.setProperty(
        "java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
    LocalSystem system;
    try {
      system = LocalSystem.start(LocalOptions.of(System.getenv(), Path.of("")));
    } catch (StackException | IllegalArgumentException e) {
      System.err.println();
      System.err.println("Tally could not be started: " + e.getMessage());
      System.exit(1);
      return;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  system.close();
                  stopped.countDown();
                },
                "stop"));
    if (Boolean.getBoolean("tally.local.end-with-parent")) {
      // started by a build tool, which may be killed without a chance to tell
      ProcessHandle.current()
          .parent()
          .ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(0)));
    }
    System.out.print(system.welcome());
    System.out.flush();
    stopped.await();
  }
}

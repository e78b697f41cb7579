package dev.tally.local;

import dev.tally.stack.StackException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs Tally on this machine: real servers, all three services, data that is kept. */
public final class ChatLocal {

  /**
   * The stack's logger, which prints before logging is set up. The field keeps its level:
   * java.util.logging references loggers only weakly.
   */
  private static final Logger STACK_LOG = Logger.getLogger("dev.tally.stack");

  private ChatLocal() {}

  /** Runs until Ctrl-C. Environment variables configure it; docs/configuration.md lists them. */
  public static void main(String[] args) throws InterruptedException {
    // The services' logs have one line for each message, too.
    System.setProperty(
        "java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n");
    STACK_LOG.setLevel(Level.WARNING);
    Progress progress = Progress.onConsole();
    LocalSystem system;
    try {
      LocalOptions options = LocalOptions.of(System.getenv(), Path.of(""));
      Preflight.check(options);
      system = LocalSystem.start(options, progress);
    } catch (StackException | IllegalArgumentException e) {
      fail(progress, String.valueOf(e.getMessage()));
      return;
    } catch (RuntimeException e) {
      // A service failed. Its log has the stack trace.
      fail(progress, rootMessage(e) + ". See logs/services.log in the data folder.");
      return;
    }
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  progress.say("Stopping…");
                  system.close();
                  progress.say("Tally has stopped.");
                  stopped.countDown();
                },
                "stop"));
    if (Boolean.getBoolean("tally.local.end-with-parent")) {
      // A build tool that is killed cannot stop this process.
      ProcessHandle.current()
          .parent()
          .ifPresent(
              parent -> {
                var _ = parent.onExit().thenRun(() -> System.exit(0));
              });
    }
    progress.end();
    progress.say(system.welcome(progress.elapsed()));
    stopped.await();
  }

  private static void fail(Progress progress, String message) {
    progress.end();
    System.err.println();
    System.err.println("Tally could not be started: " + message);
    System.exit(1);
  }

  private static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.toString() : root.getMessage();
  }
}

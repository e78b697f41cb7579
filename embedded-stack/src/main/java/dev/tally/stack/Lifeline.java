package dev.tally.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server process that cannot outlive this process. Only this process holds a pipe open, and the
 * kernel closes it even after a {@code kill -9}; {@code lifeline.sh} then ends the server. The
 * class is public for processes that are no servers of the stack but must end with their parent,
 * too.
 *
 * <p>The server runs in its own session, so that a Ctrl-C in the terminal does not end it before
 * the processes that still need it.
 */
public final class Lifeline {

  /** The time that a server has to end after SIGTERM, before it gets SIGKILL. */
  static final Duration GRACE = Duration.ofSeconds(20);

  private static final Duration KILLED_WITHIN = Duration.ofMinutes(1);

  private final Process shell;
  private final ProcessHandle server;

  private Lifeline(Process shell, ProcessHandle server) {
    this.shell = shell;
    this.server = server;
  }

  /**
   * Waits until no server of an earlier lifeline runs in a folder. A server whose parent was killed
   * takes a moment to end.
   *
   * @throws StackException if a server still runs after {@link #GRACE} and five seconds
   */
  static void awaitEarlier(Path folder) throws IOException {
    Process flock =
        run(
            folder,
            List.of(
                "flock",
                "-w",
                Long.toString(GRACE.plusSeconds(5).toSeconds()),
                lock(folder).toString(),
                "true"));
    try {
      if (flock.waitFor() != 0) {
        throw new StackException(
            "a server of an earlier start still runs in %s. `fuser %s` names its process."
                .formatted(folder, lock(folder)));
      }
    } catch (InterruptedException e) {
      flock.destroy();
      Thread.currentThread().interrupt();
      throw new StackException("interrupted", e);
    }
  }

  /**
   * Starts a server.
   *
   * @param folder the server's working directory, which no other server may use
   * @param log the file to which the server's output is appended
   */
  public static Lifeline start(Path folder, Path log, List<String> command) throws IOException {
    Path script = folder.resolve("lifeline.sh");
    try (InputStream in = Lifeline.class.getResourceAsStream("lifeline.sh")) {
      if (in == null) {
        throw new IllegalStateException("lifeline.sh is missing");
      }
      Files.write(script, in.readAllBytes());
    }
    List<String> line = new ArrayList<>();
    line.addAll(List.of("setsid", "sh", script.toString(), lock(folder).toString()));
    line.addAll(List.of(log.toString(), Long.toString(GRACE.toMillis() / 100)));
    line.addAll(command);
    Process shell = run(folder, line);
    BufferedReader reader = shell.inputReader(StandardCharsets.US_ASCII);
    String pid = reader.readLine();
    if (pid == null) {
      throw new IOException("could not run " + command.getFirst());
    }
    long id = Long.parseLong(pid);
    // A process that has already ended has no handle. The shell is about to end then, too.
    return new Lifeline(shell, ProcessHandle.of(id).orElseGet(shell::toHandle));
  }

  private static Process run(Path folder, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static Path lock(Path folder) {
    return folder.resolve("lock");
  }

  /** The server's process id. */
  public long pid() {
    return server.pid();
  }

  /** Whether the server's process exists. A frozen one does. */
  public boolean alive() {
    return shell.isAlive();
  }

  /** Runs an action when the server has ended, for any reason. */
  void onEnd(Runnable action) {
    var _ = shell.onExit().thenRun(action);
  }

  /**
   * Waits until the server ends by itself.
   *
   * @return the server's exit status
   * @throws IOException if the server still runs after {@code patience}
   */
  int status(Duration patience) throws IOException, InterruptedException {
    if (!shell.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("still running after " + patience);
    }
    return shell.exitValue();
  }

  /** Sends SIGTERM and waits until the server has ended. After {@link #GRACE}, it gets SIGKILL. */
  public void end() {
    release();
    await(GRACE.plus(KILLED_WITHIN));
  }

  /** Sends SIGKILL and waits until the server has ended. */
  public void kill() {
    server.destroyForcibly();
    await(KILLED_WITHIN);
    release();
  }

  /** Sends SIGSTOP: connections stay open, but the server answers nothing. */
  public void freeze() {
    signal("STOP");
  }

  /** Sends SIGCONT: a frozen server continues. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new StackException("process " + pid() + " could not be signalled");
      }
    } catch (IOException e) {
      throw new StackException("process %d could not be signalled: %s".formatted(pid(), e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void release() {
    try {
      shell.getOutputStream().close();
    } catch (IOException e) {
      // The pipe is closed, even if flushing it failed.
    }
  }

  /** Waits even if interrupted, because callers rely on the server's end. */
  private void await(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    boolean interrupted = false;
    boolean gone = false;
    while (!gone && System.nanoTime() < deadline) {
      try {
        gone = shell.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!gone) {
      throw new StackException("process " + server.pid() + " does not end");
    }
  }
}

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
 * A server process that cannot outlive this one: {@code lifeline.sh} ends it as soon as a pipe that
 * only this process holds open is closed, which the kernel sees to even after a {@code kill -9}.
 * Public for what is no server of the stack but must end with its parent all the same.
 *
 * <p>The server has a session of its own, so a Ctrl-C in the terminal does not reach it before
 * those who still need it are done.
 */
public final class Lifeline {

  /** How long a server may take to end before it is made to. */
  static final Duration GRACE = Duration.ofSeconds(20);

  private static final Duration KILLED_WITHIN = Duration.ofMinutes(1);

  private final Process shell;
  private final ProcessHandle server;

  private Lifeline(Process shell, ProcessHandle server) {
    this.shell = shell;
    this.server = server;
  }

  /**
   * Waits until no server of an earlier lifeline is left in a folder. One whose parent was killed
   * takes a moment to end.
   *
   * @throws StackException if it takes longer than such a server may
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
            "a server of an earlier start still runs in %s; `fuser %s` names the process"
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
   * @param folder the server's own: where it runs, and what it alone may run in
   * @param log what the server prints is added to this file
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
    // one that is gone already has no handle; the shell is as dead then
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

  /** Whether the server's process is there, frozen or not. */
  public boolean alive() {
    return shell.isAlive();
  }

  /** Does something when the server is gone, for whatever reason. */
  void onEnd(Runnable action) {
    var _ = shell.onExit().thenRun(action);
  }

  /**
   * Waits until the server ends by itself.
   *
   * @return its exit status
   * @throws IOException if it takes longer than this
   */
  int status(Duration patience) throws IOException, InterruptedException {
    if (!shell.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("still running after " + patience);
    }
    return shell.exitValue();
  }

  /** Tells the server to end, and waits until it has. One that takes too long is made to. */
  public void end() {
    release();
    await(GRACE.plus(KILLED_WITHIN));
  }

  /** Ends the server without a chance to do anything about it, and waits until it is gone. */
  public void kill() {
    server.destroyForcibly();
    await(KILLED_WITHIN);
    release();
  }

  /** Stops the server where it is, by SIGSTOP: connections stay open, nothing is answered. */
  public void freeze() {
    signal("STOP");
  }

  /** Lets a frozen server go on. */
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
      // closed is all that it should be
    }
  }

  /** An interrupt does not end this: whoever comes next counts on the server being gone. */
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

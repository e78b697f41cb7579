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
 *
 * <p>The server has a session of its own, so a Ctrl-C in the terminal does not reach it before
 * those who still need it are done.
 */
final class Lifeline {

  private final Process shell;
  private final ProcessHandle server;

  private Lifeline(Process shell, ProcessHandle server) {
    this.shell = shell;
    this.server = server;
  }

  /**
   * Starts a server.
   *
   * @param script where the script may be written to
   * @param log what the server prints is added to this file
   * @param grace how long the server may take to end before it is made to
   */
  static Lifeline start(Path script, Path log, Duration grace, List<String> command)
      throws IOException {
    try (InputStream in = Lifeline.class.getResourceAsStream("lifeline.sh")) {
      if (in == null) {
        throw new IllegalStateException("lifeline.sh is missing");
      }
      Files.write(script, in.readAllBytes());
    }
    List<String> line = new ArrayList<>();
    line.addAll(List.of("setsid", "sh", script.toString(), log.toString()));
    line.add(Long.toString(grace.toMillis() / 100));
    line.addAll(command);
    Process shell = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader reader = shell.inputReader(StandardCharsets.US_ASCII);
    String pid = reader.readLine();
    if (pid == null) {
      throw new IOException("could not run " + command.getFirst());
    }
    long id = Long.parseLong(pid);
    // one that is gone already has no handle; the shell is as dead then
    return new Lifeline(shell, ProcessHandle.of(id).orElseGet(shell::toHandle));
  }

  long pid() {
    return server.pid();
  }

  boolean alive() {
    return shell.isAlive();
  }

  /** Tells the server to end, and waits until it has. */
  void end() {
    try {
      shell.getOutputStream().close();
    } catch (IOException e) {
      // closed is all that it should be
    }
    await();
  }

  /** Ends the server without a chance to do anything about it, and waits until it is gone. */
  void kill() {
    server.destroyForcibly();
    await();
    end();
  }

  private void await() {
    try {
      if (!shell.waitFor(2, TimeUnit.MINUTES)) {
        throw new StackException("process " + server.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

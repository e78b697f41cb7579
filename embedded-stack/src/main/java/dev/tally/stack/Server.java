package dev.tally.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One server of the stack. Its port and its data stay the same however often it is stopped and
 * started.
 */
public final class Server {

  private static final System.Logger log = System.getLogger(Server.class.getName());

  private static final Duration START_PATIENCE = Duration.ofMinutes(2);
  private static final Duration STOP_GRACE = Duration.ofSeconds(20);
  private static final int SHOWN_LOG_LINES = 20;

  private final ServerKind kind;
  private final Program program;
  private final Path folder;
  private final int port;
  private @Nullable Lifeline lifeline;

  Server(ServerKind kind, Path folder, int port) {
    this.kind = kind;
    this.program = kind.program();
    this.folder = folder;
    this.port = port == 0 ? freePort() : free(port);
  }

  public ServerKind kind() {
    return kind;
  }

  public int port() {
    return port;
  }

  /**
   * How clients find the server: a JDBC URL for MySQL's driver (user root, no password), a {@code
   * redis:} URL, an HTTP URL.
   */
  public String url() {
    return program.url(port);
  }

  /**
   * The server's process id.
   *
   * @throws IllegalStateException if it is not running
   */
  public synchronized long pid() {
    return running().pid();
  }

  public synchronized boolean isRunning() {
    return lifeline != null && lifeline.alive();
  }

  /**
   * Starts the server, and returns when it answers requests. Nothing happens if it is running.
   *
   * @throws StackException if it ends or does not answer; the message has the end of its log
   */
  public synchronized void start() {
    if (isRunning()) {
      return;
    }
    long begin = System.nanoTime();
    Path logFile = folder.resolve("server.log");
    try {
      Files.createDirectories(folder);
      program.prepare(folder);
      if (Files.exists(logFile)) {
        Files.move(logFile, folder.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
      }
      lifeline =
          Lifeline.start(
              folder.resolve("lifeline.sh"), logFile, STOP_GRACE, program.command(folder, port));
    } catch (IOException e) {
      throw new StackException(kind.title() + " could not be started", e);
    }
    while (!program.answers(port)) {
      if (!lifeline.alive() || System.nanoTime() - begin > START_PATIENCE.toNanos()) {
        lifeline.kill();
        throw new StackException(
            "%s did not start on port %d. Its log, %s, ends with%n%s"
                .formatted(kind.title(), port, logFile, tail(logFile)));
      }
      pause();
    }
    log.log(
        System.Logger.Level.INFO,
        "{0} on port {1} is up after {2} ms, process {3}",
        kind.title(),
        Integer.toString(port),
        Long.toString((System.nanoTime() - begin) / 1_000_000),
        Long.toString(lifeline.pid()));
  }

  /** Stops the server as an operator would, and returns when it is gone. */
  public synchronized void stop() {
    if (lifeline != null) {
      lifeline.end();
      lifeline = null;
    }
  }

  /** Ends the server by SIGKILL, and returns when it is gone. */
  public synchronized void kill() {
    running().kill();
    lifeline = null;
  }

  /**
   * Stops the server's process where it is, by SIGSTOP: connections stay open, nothing is answered.
   */
  public synchronized void freeze() {
    signal("STOP");
  }

  /** Lets a frozen server go on. */
  public synchronized void thaw() {
    signal("CONT");
  }

  private void signal(String signal) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new StackException(kind.title() + " could not be signalled");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Lifeline running() {
    if (lifeline == null) {
      throw new IllegalStateException(kind.title() + " is not running");
    }
    return lifeline;
  }

  private int free(int wanted) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      return wanted;
    } catch (IOException e) {
      throw new StackException(
          "port %d, which %s is to listen on, is taken. Stop what holds it, or choose another port."
              .formatted(wanted, kind.title()),
          e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tail(Path file) {
    try {
      List<String> lines =
          new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
      return String.join(
          System.lineSeparator(),
          lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "(no log)";
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StackException("interrupted", e);
    }
  }
}

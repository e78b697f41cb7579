package dev.tally.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One server of the stack. Its port and its data stay the same when it is stopped, killed or
 * started again.
 */
public final class Server {

  private static final System.Logger logger = System.getLogger(Server.class.getName());

  private static final Duration START_PATIENCE = Duration.ofMinutes(2);
  private static final int SHOWN_LOG_LINES = 20;
  private static final int SHOWN_LOG_BYTES = 16_384;

  private final ServerKind kind;
  private final String title;
  private final Program program;
  private final Path folder;
  private final Path log;
  private final int port;

  /** The server's process. Null before a start, and after {@link #stop} or {@link #kill}. */
  private @Nullable Lifeline lifeline;

  Server(ServerKind kind, Path folder, int port) {
    this(kind, kind.program(), folder, port);
  }

  Server(ServerKind kind, Program program, Path folder, int port) {
    this(kind, kind.title(), program, folder, port);
  }

  /**
   * @param title the server's name in messages
   */
  Server(ServerKind kind, String title, Program program, Path folder, int port) {
    this.kind = kind;
    this.title = title;
    this.program = program;
    this.folder = folder;
    this.log = folder.resolve("server.log");
    this.port = port;
  }

  /** The kind of this server. */
  public ServerKind kind() {
    return kind;
  }

  /** The loopback port that the server listens on. */
  public int port() {
    return port;
  }

  /**
   * The URL that clients connect to: a JDBC URL for MySQL's driver (user root, no password), a
   * {@code redis:} URL, or an HTTP URL.
   */
  public String url() {
    return program.url(port);
  }

  /** The server's output since its latest start. The log of the start before is beside it. */
  public Path log() {
    return log;
  }

  /**
   * The server's process id.
   *
   * @throws IllegalStateException if the server has been stopped or killed
   */
  public synchronized long pid() {
    return running().pid();
  }

  /** Whether the server's process exists. A frozen one does. */
  public synchronized boolean isRunning() {
    return lifeline != null && lifeline.alive();
  }

  /**
   * Starts the server, and returns when it answers requests. Does nothing if the server runs.
   *
   * @throws StackException if the server ends or does not answer; the message has the end of its
   *     log
   */
  public synchronized void start() {
    if (isRunning()) {
      return;
    }
    awaitEarlier();
    requireFreePort();
    long begin = System.nanoTime();
    Lifeline started;
    try {
      program.prepare(folder);
      if (Files.exists(log)) {
        Files.move(log, folder.resolve("server.log.1"), StandardCopyOption.REPLACE_EXISTING);
      }
      started = Lifeline.start(folder, log, program.command(folder, port));
    } catch (IOException e) {
      throw new StackException("%s could not be started: %s".formatted(title, e), e);
    }
    try {
      awaitAnswer(started, begin + START_PATIENCE.toNanos());
    } catch (StackException e) {
      started.kill();
      throw e;
    }
    lifeline = started;
    started.onEnd(() -> warnUnlessExpected(started));
    logger.log(
        System.Logger.Level.INFO,
        "{0} on port {1} is up after {2} ms, process {3}",
        title,
        Integer.toString(port),
        Long.toString(millisSince(begin)),
        Long.toString(started.pid()));
  }

  private void awaitAnswer(Lifeline started, long deadline) {
    // A server that answers is not enough: another process may have taken the port meanwhile.
    while (!(program.answers(port) && Ports.isHeldBy(started.pid(), port))) {
      if (!started.alive() || System.nanoTime() > deadline) {
        throw new StackException(
            "%s did not start on port %d. Its log, %s, ends with%n%s"
                .formatted(title, port, log, tail()));
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StackException(
            "interrupted before %s answered on port %d".formatted(title, port), e);
      }
    }
  }

  private synchronized void warnUnlessExpected(Lifeline ended) {
    if (lifeline == ended) {
      logger.log(
          System.Logger.Level.WARNING,
          "{0} (process {1}) ended unexpectedly, see {2}",
          title,
          Long.toString(ended.pid()),
          log);
    }
  }

  /** Stops the server by SIGTERM, and returns when it has ended. */
  public synchronized void stop() {
    if (lifeline == null) {
      return;
    }
    long begin = System.nanoTime();
    Lifeline ending = lifeline;
    lifeline = null;
    ending.end();
    logger.log(
        System.Logger.Level.INFO,
        "{0} has stopped after {1} ms",
        title,
        Long.toString(millisSince(begin)));
  }

  /**
   * Ends the server by SIGKILL, and returns when it has ended.
   *
   * @throws IllegalStateException if the server has been stopped or killed
   */
  public synchronized void kill() {
    Lifeline ending = running();
    lifeline = null;
    ending.kill();
  }

  /** Stops the server, and starts it again. */
  public synchronized void restart() {
    stop();
    start();
  }

  /**
   * Freezes the server by SIGSTOP: connections stay open, but the server answers nothing.
   *
   * @throws IllegalStateException if the server has been stopped or killed
   */
  public synchronized void freeze() {
    running().freeze();
  }

  /**
   * Continues a frozen server by SIGCONT.
   *
   * @throws IllegalStateException if the server has been stopped or killed
   */
  public synchronized void thaw() {
    running().thaw();
  }

  private Lifeline running() {
    if (lifeline == null) {
      throw new IllegalStateException(title + " is not running");
    }
    return lifeline;
  }

  void awaitEarlier() {
    try {
      Files.createDirectories(folder);
      Lifeline.awaitEarlier(folder);
    } catch (IOException e) {
      throw new StackException("%s could not be started: %s".formatted(title, e), e);
    }
  }

  void requireFreePort() {
    if (!isRunning() && !Ports.isFree(port)) {
      throw new StackException(
          "port %d of %s is taken. Stop the process that uses it, or choose another port."
              .formatted(port, title));
    }
  }

  private String tail() {
    try (FileChannel file = FileChannel.open(log)) {
      ByteBuffer end = ByteBuffer.allocate(SHOWN_LOG_BYTES);
      file.read(end, Math.max(0, file.size() - SHOWN_LOG_BYTES));
      List<String> lines =
          new String(end.array(), 0, end.position(), StandardCharsets.UTF_8).lines().toList();
      return String.join(
          System.lineSeparator(),
          lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "(no log)";
    }
  }

  private static long millisSince(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }
}

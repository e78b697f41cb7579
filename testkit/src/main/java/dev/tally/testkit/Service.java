package dev.tally.testkit;

import dev.tally.stack.Lifeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service in a process of its own, which does not outlive this one. Its port stays the same
 * however often the process is ended and started.
 */
public class Service implements AutoCloseable {

  private static final Duration READY_PATIENCE = Duration.ofMinutes(5);
  private static final int CONNECT_MILLIS = 1_000;
  private static final int ANSWER_MILLIS = 2_000;
  private static final int SHOWN_LOG_LINES = 40;

  private final String name;
  private final int port;
  private final Path folder;
  private final List<String> command;

  /** Of a process that should be running; null while it should not. */
  private @Nullable Lifeline lifeline;

  private long startedAt;
  private Duration startUp = Duration.ZERO;

  /**
   * Starts nothing yet.
   *
   * @param name its name in messages
   * @param port the port of 127.0.0.1 that the command makes the service listen on
   * @param folder the folder that the process runs in and that its log goes to, of no other service
   * @param command what is run, for instance from {@link #java}
   */
  public Service(String name, int port, Path folder, List<String> command) {
    this.name = name;
    this.port = port;
    this.folder = folder.toAbsolutePath();
    this.command = List.copyOf(command);
  }

  /** A command that runs a class of this JVM's class path on this JVM's Java. */
  public static List<String> java(List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(javaCommand());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return command;
  }

  static String javaCommand() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Its name in messages. */
  public final String name() {
    return name;
  }

  /** The port that it listens on, on 127.0.0.1. */
  public final int port() {
    return port;
  }

  /** Its base URL. */
  public final String url() {
    return "http://127.0.0.1:" + port;
  }

  /** What the service has printed, over all its starts. */
  public final Path log() {
    return folder.resolve("service.log");
  }

  /** Whether the process is there, frozen or not. */
  public final synchronized boolean isRunning() {
    return lifeline != null && lifeline.alive();
  }

  /** Whether the process is gone although nobody has ended it. */
  public final synchronized boolean hasEndedByItself() {
    return lifeline != null && !lifeline.alive();
  }

  /**
   * Starts the process, unless it is running. Does not wait for the service: see {@link
   * #awaitReady}.
   */
  public final synchronized void start() {
    if (isRunning()) {
      return;
    }
    startedAt = System.nanoTime();
    try {
      Files.createDirectories(folder);
      lifeline = Lifeline.start(folder, log(), command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until the service says that it can do its work.
   *
   * @throws IllegalStateException if it does not in five minutes, or ends; has the end of its log
   */
  public final void awaitReady() {
    long deadline = System.nanoTime() + READY_PATIENCE.toNanos();
    while (!isReady()) {
      if (!isRunning() || System.nanoTime() - deadline > 0) {
        throw new IllegalStateException("%s is not ready%n%s".formatted(name, tail()));
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted before " + name + " was ready", e);
      }
    }
    synchronized (this) {
      startUp = Duration.ofNanos(System.nanoTime() - startedAt);
    }
  }

  /** Whether the service says, within two seconds, that it can do its work. */
  public final boolean isReady() {
    // A connection of its own: one that was kept would lead to the process from before.
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket
          .getOutputStream()
          .write(
              "GET /actuator/health/readiness HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII)
          .endsWith(" 200");
    } catch (IOException e) {
      return false;
    }
  }

  /** From the last start of the process until {@link #awaitReady} saw that it was ready. */
  public final synchronized Duration startUp() {
    return startUp;
  }

  /** Ends the process by SIGKILL, and returns when it is gone. */
  public final synchronized void kill() {
    if (lifeline != null) {
      lifeline.kill();
      lifeline = null;
    }
  }

  /**
   * Ends the process by SIGTERM, which lets it finish its work, and returns when it is gone. After
   * 20 seconds it is killed.
   */
  public final synchronized void terminate() {
    if (lifeline != null) {
      lifeline.end();
      lifeline = null;
    }
  }

  /** Stops the process where it is, by SIGSTOP: connections stay open, nothing is done. */
  public final synchronized void freeze() {
    running().freeze();
  }

  /** Lets a frozen process go on. One that is not frozen does not notice. */
  public final synchronized void thaw() {
    running().thaw();
  }

  /** Processor time that the process has used. */
  public final synchronized Duration cpu() {
    return Processes.cpu(running().pid());
  }

  /** Memory of the process that is in RAM. */
  public final synchronized long residentBytes() {
    return Processes.residentBytes(running().pid());
  }

  private Lifeline running() {
    if (lifeline == null) {
      throw new IllegalStateException(name + " is not running");
    }
    return lifeline;
  }

  /** The end of the log. */
  public final String tail() {
    try {
      List<String> lines = Files.exists(log()) ? Files.readAllLines(log()) : List.of();
      return String.join(
          System.lineSeparator(),
          lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e + ")";
    }
  }

  @Override
  public final String toString() {
    return name;
  }

  /** The same as {@link #terminate}. */
  @Override
  public final void close() {
    terminate();
  }
}

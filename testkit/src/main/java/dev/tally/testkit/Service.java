package dev.tally.testkit;

import dev.tally.stack.Lifeline;
import java.io.File;
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
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A service in a process of its own, which ends with this JVM at the latest. Its port stays the
 * same over all its starts.
 */
public class Service implements AutoCloseable {

  /**
   * The argument of a service that has its health and metrics on the port of everything else. Tests
   * run many services on one machine, which cannot have the same port.
   */
  public static final String ONE_PORT = "--TALLY_MANAGEMENT_PORT=";

  private static final Duration READY_PATIENCE = Duration.ofMinutes(5);
  private static final int CONNECT_MILLIS = 1_000;
  private static final int ANSWER_MILLIS = 2_000;
  private static final int SHOWN_LOG_LINES = 40;

  private final String name;
  private final int port;
  private final Path folder;
  private final List<String> command;

  /** The process that should be running, null while none should. */
  private @Nullable Lifeline lifeline;

  private long startedAt;
  private Duration startUp = Duration.ZERO;

  /**
   * Describes a service; {@link #start} starts it.
   *
   * @param name its name in messages
   * @param port the port of 127.0.0.1 that the command makes the service listen on
   * @param folder the working folder of the process, with its log; no other service may use it
   * @param command the command to run, for instance from {@link #java}
   */
  public Service(String name, int port, Path folder, List<String> command) {
    this.name = name;
    this.port = port;
    this.folder = folder.toAbsolutePath();
    this.command = List.copyOf(command);
  }

  /**
   * A command that runs a service on this JVM's Java and class path, without the classes of tests.
   */
  public static List<String> java(List<String> flags, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(javaCommand());
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath(), main.getName()));
    command.addAll(arguments);
    return command;
  }

  /** The class path of {@link #java}. */
  static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  static String javaCommand() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Its name in messages. */
  public final String name() {
    return name;
  }

  /** The port of 127.0.0.1 that the service listens on. */
  public final int port() {
    return port;
  }

  /** Its base URL. */
  public final String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The file with the output of all starts of the service. */
  public final Path log() {
    return folder.resolve("service.log");
  }

  /** Whether the process exists, frozen or not. */
  public final synchronized boolean isRunning() {
    return lifeline != null && lifeline.alive();
  }

  /** Whether the process ended without {@link #kill} or {@link #terminate}. */
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
   * Waits until the service reports that it is ready.
   *
   * @throws IllegalStateException with the end of the log, if the service ends or is not ready
   *     within five minutes
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

  /** Whether the service reports within two seconds that it is ready. */
  public final boolean isReady() {
    // Opens a new connection: a pooled one could still belong to the earlier process.
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

  /** The time from the last start of the process until {@link #awaitReady} found it ready. */
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
   * Ends the process by SIGTERM, which lets it finish its work, and returns when it is gone. Kills
   * it after 20 seconds.
   */
  public final synchronized void terminate() {
    if (lifeline != null) {
      lifeline.end();
      lifeline = null;
    }
  }

  /** Freezes the process by SIGSTOP: its connections stay open, and it does nothing. */
  public final synchronized void freeze() {
    running().freeze();
  }

  /** Lets a frozen process continue. Has no effect on a process that is not frozen. */
  public final synchronized void thaw() {
    running().thaw();
  }

  /** The processor time that the process has used. */
  public final synchronized Duration cpu() {
    return Processes.cpu(running().pid());
  }

  /** The memory of the process that is in RAM. */
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

package dev.tally.testkit;

import dev.tally.stack.Lifeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A service in a process of its own, which does not outlive this one. */
public final class Service implements AutoCloseable {

  private static final Duration START_PATIENCE = Duration.ofMinutes(5);

  private final Lifeline lifeline;
  private final int port;
  private final Duration startUp;

  private Service(Lifeline lifeline, int port, Duration startUp) {
    this.lifeline = lifeline;
    this.port = port;
    this.startUp = startUp;
  }

  /**
   * Starts a service, and returns when it is ready.
   *
   * @param folder its own
   * @param port that the command has it listen on
   */
  static Service start(Path folder, int port, List<String> command) {
    Path log = folder.resolve("service.log");
    long begin = System.nanoTime();
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(log);
      Lifeline lifeline = Lifeline.start(folder.toAbsolutePath(), log.toAbsolutePath(), command);
      while (!isReady(port)) {
        if (!lifeline.alive() || System.nanoTime() - begin > START_PATIENCE.toNanos()) {
          lifeline.end();
          throw new IllegalStateException("a service has not started, see " + log);
        }
        Thread.sleep(10);
      }
      return new Service(lifeline, port, Duration.ofNanos(System.nanoTime() - begin));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static boolean isReady(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
      socket.setSoTimeout(1000);
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

  /** Where it listens on loopback. */
  public int port() {
    return port;
  }

  /** From the start of the process until it said that it was ready. */
  public Duration startUp() {
    return startUp;
  }

  /** Processor time that the process has used. */
  public Duration cpu() {
    return Processes.cpu(lifeline.pid());
  }

  /** Memory of the process that is in RAM. */
  public long residentBytes() {
    return Processes.residentBytes(lifeline.pid());
  }

  /** Stops the process where it is. */
  public void freeze() {
    lifeline.freeze();
  }

  /** Lets it go on. */
  public void thaw() {
    lifeline.thaw();
  }

  @Override
  public void close() {
    lifeline.end();
  }
}

package dev.tally.system.faults;

import dev.tally.api.ChatApi;
import dev.tally.gateway.ChatGateway;
import dev.tally.stack.Lifeline;
import dev.tally.stack.ServerKind;
import dev.tally.worker.ChatWorker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service in a process of its own, with a link of its own to each server that it uses. Its port
 * stays the same however often it is ended and started.
 */
final class ServiceProcess {

  /** What a process is one of. */
  enum Kind {
    GATEWAY("gateway", ChatGateway.class, ServerKind.REDIS, ServerKind.MARIADB),
    WORKER("worker", ChatWorker.class, ServerKind.values()),
    API("api", ChatApi.class, ServerKind.values());

    private final String title;
    private final Class<?> main;

    @SuppressWarnings("ImmutableEnumChecker") // a list that cannot be changed
    private final List<ServerKind> uses;

    Kind(String title, Class<?> main, ServerKind... uses) {
      this.title = title;
      this.main = main;
      this.uses = List.of(uses);
    }

    /** The service's name in messages. */
    String title() {
      return title;
    }

    /** The servers that the service connects to. */
    List<ServerKind> uses() {
      return uses;
    }
  }

  private static final Duration READY_PATIENCE = Duration.ofMinutes(3);
  private static final int SHOWN_LOG_LINES = 40;

  private final Kind kind;
  private final String name;
  private final int port;
  private final Path folder;
  private final Map<ServerKind, Proxy> links;
  private final List<String> arguments;

  /** Of a process that should be running; null while it should not. */
  private @Nullable Lifeline lifeline;

  ServiceProcess(
      Kind kind,
      String name,
      int port,
      Path folder,
      Map<ServerKind, Proxy> links,
      List<String> arguments) {
    this.kind = kind;
    this.name = name;
    this.port = port;
    this.folder = folder;
    this.links = links;
    this.arguments = arguments;
  }

  Kind kind() {
    return kind;
  }

  /** {@code gateway-1}, {@code worker-2} and so on. */
  String name() {
    return name;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /**
   * The link that this service, and no other, has to a server.
   *
   * @throws IllegalArgumentException if the service does not use such a server
   */
  Proxy link(ServerKind server) {
    Proxy link = links.get(server);
    if (link == null) {
      throw new IllegalArgumentException(name + " does not use " + server.title());
    }
    return link;
  }

  /** What the service has printed, over all its starts. */
  Path log() {
    return folder.resolve("service.log");
  }

  synchronized boolean isRunning() {
    return lifeline != null && lifeline.alive();
  }

  /** Whether the process is gone though nobody has ended it. */
  synchronized boolean hasEndedByItself() {
    return lifeline != null && !lifeline.alive();
  }

  /**
   * Starts the process, unless it is running. Does not wait for the service: see {@link
   * #awaitReady}.
   */
  synchronized void start() {
    if (isRunning()) {
      return;
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // up soon rather than fast at its peak, and small
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx192m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), kind.main.getName()));
    command.addAll(arguments);
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
   * @throws AssertionError if it does not in three minutes; has the end of its log
   */
  void awaitReady() {
    long deadline = System.nanoTime() + READY_PATIENCE.toNanos();
    while (!isReady()) {
      if (!isRunning() || System.nanoTime() > deadline) {
        throw new AssertionError("%s is not ready%n%s".formatted(name, tail()));
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted before " + name + " was ready", e);
      }
    }
  }

  /** Whether the service says, within two seconds, that it can do its work. */
  boolean isReady() {
    // a client of its own, because a connection from before would be to the process from before
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url() + "/actuator/health/readiness"))
              .timeout(Duration.ofSeconds(2))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Ends the process by SIGKILL, and returns when it is gone. */
  synchronized void kill() {
    if (lifeline != null) {
      lifeline.kill();
      lifeline = null;
    }
  }

  /**
   * Ends the process by SIGTERM, which lets it finish its work, and returns when it is gone. After
   * 20 seconds it is killed.
   */
  synchronized void terminate() {
    if (lifeline != null) {
      lifeline.end();
      lifeline = null;
    }
  }

  /** Stops the process where it is, by SIGSTOP: connections stay open, nothing is done. */
  synchronized void freeze() {
    running().freeze();
  }

  /** Lets a frozen process go on. One that is not frozen does not notice. */
  synchronized void thaw() {
    running().thaw();
  }

  private Lifeline running() {
    if (lifeline == null) {
      throw new IllegalStateException(name + " is not running");
    }
    return lifeline;
  }

  /** The end of the log. */
  String tail() {
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
  public String toString() {
    return name;
  }
}

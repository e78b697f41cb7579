package dev.tally.testkit;

import dev.tally.stack.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.util.DigestUtils;
import org.springframework.util.FileSystemUtils;

/**
 * Starts services as they run in production: from the build's executable jars, unpacked as in the
 * images, with the same flags, and by default with a heap of {@value #HEAP} MB.
 */
public final class Services {

  /** The default heap of a service, in megabytes. */
  public static final int HEAP = 512;

  /**
   * The initial heap, in megabytes. With 1 GB of memory, the images' JVM chooses this heap and
   * collector.
   */
  private static final int FIRST_HEAP = 128;

  private static final List<String> FLAGS =
      List.of("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData");

  private final Servers servers;
  private final Path folder;
  private final Path checkout;
  private final AtomicInteger started = new AtomicInteger();
  private final Map<String, Path> unpacked = new ConcurrentHashMap<>();

  /**
   * Uses the services of the current folder's build.
   *
   * @param folder receives the working folders and logs of the services
   */
  public Services(Servers servers, Path folder) {
    this(servers, folder, Path.of(""));
  }

  /**
   * Uses the services of another build.
   *
   * @param folder receives the working folders and logs of the services
   * @param checkout the root of the built sources
   */
  public Services(Servers servers, Path folder, Path checkout) {
    this.servers = servers;
    this.folder = folder;
    this.checkout = checkout;
  }

  /** The servers that the services use. */
  public Servers servers() {
    return servers;
  }

  /** Starts a gateway, which accepts writes. */
  public Service gateway() {
    return gateway(HEAP);
  }

  /**
   * Starts a gateway, which accepts writes.
   *
   * @param heap in megabytes
   */
  public Service gateway(int heap) {
    return start("chat-gateway", heap);
  }

  /** Starts a worker, which drains queues and indexes messages. */
  public Service worker(String... arguments) {
    return start("chat-worker", HEAP, arguments);
  }

  /** Starts an API, which serves reads and searches. */
  public Service api(String... arguments) {
    return start("chat-api", HEAP, arguments);
  }

  private Service start(String name, int heap, String... arguments) {
    Path jar = unpacked.computeIfAbsent(name, this::unpack);
    List<String> command =
        new ArrayList<>(List.of("-XX:AOTCache=" + aotCache(jar), "-jar", jar.toString()));
    command.addAll(List.of(arguments));
    return start(name, heap, command);
  }

  /**
   * Runs any Spring Boot program with the flags, the heap and the settings of a service.
   *
   * @param what the arguments of {@code java} that name the program
   */
  public Service program(String name, List<String> what) {
    return start(name, HEAP, what);
  }

  private Service start(String name, int heap, List<String> what) {
    List<String> command = new ArrayList<>();
    command.add(Service.javaCommand());
    command.add("-Xms" + Math.min(FIRST_HEAP, heap) + "m");
    command.add("-Xmx" + heap + "m");
    command.addAll(FLAGS);
    command.addAll(what);
    command.addAll(servers.arguments());
    // Benchmarks measure the services, so a full queue must not stop them.
    command.add("--TALLY_QUEUE_LIMIT=100000000");
    command.add("--TALLY_QUEUE_BYTES=100GB");
    int port = Ports.choose(Set.of());
    command.add("--server.port=" + port);
    command.add("--server.address=127.0.0.1");
    command.add(Service.ONE_PORT);
    String numbered = name + "-" + started.incrementAndGet();
    Service service = new Service(numbered, port, folder.resolve(numbered), command);
    service.start();
    try {
      service.awaitReady();
    } catch (RuntimeException e) {
      service.close();
      throw e;
    }
    return service;
  }

  /**
   * Returns the service's jar, unpacked next to its libraries and its AOT cache. Unpacks it once
   * for each build.
   */
  private Path unpack(String name) {
    Path target = checkout.resolve(name).resolve("target").toAbsolutePath();
    try (Stream<Path> files = Files.list(target)) {
      Path jar =
          files
              .filter(file -> file.getFileName().toString().endsWith("-exec.jar"))
              .findFirst()
              .orElseThrow(() -> new IllegalStateException("no executable jar in " + target));
      Path destination = target.resolve("unpacked");
      Path main = destination.resolve(jar.getFileName());
      Path digest = destination.resolve("digest");
      String wanted = digest(jar);
      if (!Files.exists(digest) || !Files.readString(digest).equals(wanted)) {
        FileSystemUtils.deleteRecursively(destination);
        run(
            List.of(
                Service.javaCommand(),
                "-Djarmode=tools",
                "-jar",
                jar.toString(),
                "extract",
                "--destination",
                destination.toString()));
        List<String> training = new ArrayList<>();
        training.add(Service.javaCommand());
        training.addAll(FLAGS);
        training.add("-XX:AOTCacheOutput=" + aotCache(main));
        // The training run needs no server; see the Dockerfile.
        training.add("-Dspring.context.exit=onRefresh");
        training.addAll(List.of("-jar", main.toString(), "--spring.flyway.enabled=false"));
        run(training);
        Files.writeString(digest, wanted);
      }
      return main;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All jars have the same time: builds are reproducible. */
  private static String digest(Path jar) throws IOException {
    try (InputStream content = Files.newInputStream(jar)) {
      return DigestUtils.md5DigestAsHex(content);
    }
  }

  private static Path aotCache(Path jar) {
    return jar.resolveSibling("service.aot");
  }

  /** Runs a command to its end, and fails if the command does. */
  static void run(List<String> command) throws IOException {
    int status;
    try {
      status =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    if (status != 0) {
      throw new IllegalStateException("failed: " + String.join(" ", command));
    }
  }
}

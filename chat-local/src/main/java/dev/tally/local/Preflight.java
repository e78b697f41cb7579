package dev.tally.local;

import dev.tally.stack.Ports;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Looks for obstacles before a start: a start that cannot succeed then fails with a clear message.
 */
final class Preflight {

  /** The size of new databases, and room for some data. */
  private static final long NEEDED_MEGABYTES = 700;

  private static final List<String> PROGRAMS = List.of("sh", "setsid", "flock", "kill");

  private static final Path GLIBC = Path.of("/lib64/ld-linux-x86-64.so.2");

  private Preflight() {}

  /**
   * Checks that nothing is in the way of a start with these options.
   *
   * @throws IllegalArgumentException if something is; its message names it and says what to do
   */
  static void check(LocalOptions options) {
    if (!options.serverPorts().isEmpty()) {
      requirePlatform(System.getProperty("os.name"), System.getProperty("os.arch"));
      requireGlibc(Files.exists(GLIBC));
      requirePrograms(options.environment().getOrDefault("PATH", ""));
    }
    requireWritable(options.data());
    if (!options.serverPorts().isEmpty()) {
      requireSpace(options.data(), usableMegabytes(options.data()));
    }
    requireFree("TALLY_API_PORT", "chat-api", options.apiPort());
    requireFree("TALLY_GATEWAY_PORT", "chat-gateway", options.gatewayPort());
    requireFree("TALLY_WORKER_PORT", "chat-worker", options.workerPort());
  }

  static void requirePlatform(String system, String architecture) {
    if (!system.equals("Linux") || !architecture.equals("amd64")) {
      throw new IllegalArgumentException(
          "the embedded servers need Linux on x86-64, and this is %s on %s. %s"
              .formatted(system, architecture, otherServers()));
    }
  }

  static void requireGlibc(boolean there) {
    if (!there) {
      throw new IllegalArgumentException(
          "the embedded servers need glibc, and %s does not exist (is this Alpine?). %s"
              .formatted(GLIBC, otherServers()));
    }
  }

  private static String otherServers() {
    return "Run `docker compose up --build`, or set the addresses of your own servers: TALLY_MYSQL_URL, TALLY_REDIS_URL, TALLY_ELASTICSEARCH_URL.";
  }

  static void requirePrograms(String path) {
    List<String> missing =
        PROGRAMS.stream()
            .filter(
                program ->
                    Arrays.stream(path.split(File.pathSeparator, -1))
                        .filter(folder -> !folder.isEmpty())
                        .noneMatch(folder -> Files.isExecutable(Path.of(folder, program))))
            .toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "%s not found on the PATH. On Debian and Ubuntu, install dash, util-linux and procps."
              .formatted(String.join(", ", missing)));
    }
  }

  static void requireWritable(Path data) {
    Path probe = data.resolve("writable");
    try {
      Files.createDirectories(data);
      Files.deleteIfExists(probe);
      Files.createFile(probe);
      Files.delete(probe);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot write to the data folder %s (%s). Change its owner (a start as root creates it for root), or set TALLY_LOCAL_DATA to another folder."
              .formatted(data.toAbsolutePath().normalize(), e),
          e);
    }
  }

  private static long usableMegabytes(Path data) {
    try {
      return Files.getFileStore(data).getUsableSpace() >> 20;
    } catch (IOException e) {
      // An unknown size must not prevent the start.
      return Long.MAX_VALUE;
    }
  }

  static void requireSpace(Path data, long megabytes) {
    if (megabytes < NEEDED_MEGABYTES) {
      throw new IllegalArgumentException(
          "the disk is almost full: %,d MB are free for the data folder %s, and it needs %,d MB. Make room, or set TALLY_LOCAL_DATA to a folder on another disk."
              .formatted(megabytes, data.toAbsolutePath().normalize(), NEEDED_MEGABYTES));
    }
  }

  static void requireFree(String variable, String service, int port) {
    if (port == 0 || Ports.isFree(port)) {
      return;
    }
    String holder =
        Ports.holder(port)
            .map(process -> " by process %d (%s)".formatted(process.pid(), name(process)))
            .orElse("");
    throw new IllegalArgumentException(
        "port %d of %s is taken%s. Stop the process that uses it, or set %s to another port (0 for any free port)."
            .formatted(port, service, holder, variable));
  }

  private static String name(ProcessHandle process) {
    return process
        .info()
        .command()
        .map(command -> Path.of(command).getFileName().toString())
        .orElse("?");
  }
}

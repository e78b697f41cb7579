package dev.tally.local;

import dev.tally.stack.Ports;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Looks at what a start would founder on, before anything is started. */
final class Preflight {

  /** What new databases take, and room for some data. */
  private static final long NEEDED_MEGABYTES = 700;

  private static final List<String> PROGRAMS = List.of("sh", "setsid", "flock", "kill");

  private static final Path GLIBC = Path.of("/lib64/ld-linux-x86-64.so.2");

  private Preflight() {}

  /**
   * Passes if a start with these options may succeed.
   *
   * @throws IllegalArgumentException that says what is in the way, and what to do about it
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
          "the servers that come with it run on Linux on x86-64, and this is %s on %s. %s"
              .formatted(system, architecture, otherServers()));
    }
  }

  static void requireGlibc(boolean there) {
    if (!there) {
      throw new IllegalArgumentException(
          "the servers that come with it need glibc, and there is no %s (is this Alpine?). %s"
              .formatted(GLIBC, otherServers()));
    }
  }

  private static String otherServers() {
    return "Run `docker compose up --build`, or name servers of yours: TALLY_MYSQL_URL, TALLY_REDIS_URL, TALLY_ELASTICSEARCH_URL.";
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
          "%s not found on the PATH. Debian and Ubuntu have them in dash, util-linux and procps."
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
          "cannot write to the data folder %s (%s). Make it yours (it is root's, if a start was root's), or name another one with TALLY_LOCAL_DATA."
              .formatted(data.toAbsolutePath().normalize(), e),
          e);
    }
  }

  private static long usableMegabytes(Path data) {
    try {
      return Files.getFileStore(data).getUsableSpace() >> 20;
    } catch (IOException e) {
      // not to be found out, so not in the way
      return Long.MAX_VALUE;
    }
  }

  static void requireSpace(Path data, long megabytes) {
    if (megabytes < NEEDED_MEGABYTES) {
      throw new IllegalArgumentException(
          "the disk is full, or nearly: %,d MB are free where the data folder %s is, and it takes %,d MB. Make room, or name a folder elsewhere with TALLY_LOCAL_DATA."
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
        "port %d, which %s is to listen on, is taken%s. Stop what holds it, or set %s to another one, or to 0 for any that is free."
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

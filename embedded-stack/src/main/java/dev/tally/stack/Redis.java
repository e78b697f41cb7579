package dev.tally.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Redis 6.2 from the binary that embedded-redis publishes, or a given Redis. */
final class Redis implements Program {

  private static final String BINARY = "redis-server-6.2.6-v5-linux-amd64";

  private final List<String> options;

  Redis() {
    this(List.of());
  }

  /**
   * @param options more command line arguments
   */
  Redis(List<String> options) {
    this.options = options;
  }

  @Override
  public void prepare(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("data"));
    binary();
  }

  @Override
  public List<String> command(Path folder, int port) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(binary().toString());
    command.addAll(
        List.of(
            "--bind",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--dir",
            folder.resolve("data").toString(),
            "--appendonly",
            "yes",
            "--appendfsync",
            // With "everysec", even a killed process can lose writes that it has acknowledged.
            "always",
            "--aof-load-truncated",
            "yes",
            "--save",
            "",
            "--maxmemory",
            "1gb",
            "--maxmemory-policy",
            "noeviction"));
    command.addAll(options);
    return command;
  }

  static Path binary() throws IOException {
    Optional<Path> given = Binaries.given("TALLY_STACK_REDIS_SERVER");
    return given.isPresent()
        ? given.get()
        : Binaries.unpacked("redis-6.2", BINARY, "", BINARY::equals).resolve(BINARY);
  }

  @Override
  public boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      socket.setSoTimeout(500);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(5);
      return new String(answer, StandardCharsets.US_ASCII).equals("+PONG");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public String url(int port) {
    return "redis://127.0.0.1:" + port;
  }
}

package dev.tally.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Sentinel, which keeps what it knows in its configuration file. */
final class Sentinel implements Program {

  private final Redis redis = new Redis();
  private final int port;
  private final List<String> settings;

  /**
   * @param settings the lines of the file at the first start, beside those that say where the
   *     Sentinel listens and works
   */
  Sentinel(int port, List<String> settings) {
    this.port = port;
    this.settings = settings;
  }

  @Override
  public void prepare(Path folder) throws IOException {
    redis.prepare(folder);
    Path file = file(folder);
    if (!Files.exists(file)) {
      // The Sentinel runs in its folder and writes the full path itself, quoted if need be.
      String begin = "bind 127.0.0.1%nport %d%ndir data%n".formatted(port);
      Files.writeString(file, begin + String.join(System.lineSeparator(), settings) + "\n");
    }
  }

  @Override
  public List<String> command(Path folder, int port) throws IOException {
    return List.of(Redis.binary().toString(), file(folder).toString(), "--sentinel");
  }

  private static Path file(Path folder) {
    return folder.resolve("sentinel.conf");
  }

  @Override
  public boolean answers(int port) {
    return redis.answers(port);
  }

  @Override
  public String url(int port) {
    return redis.url(port);
  }
}

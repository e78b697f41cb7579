package dev.tally.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Redis with a configuration file, for which a Sentinel has {@code CONFIG REWRITE} run. So the
 * server keeps the role that it was given last.
 */
final class ConfiguredRedis implements Program {

  private final Redis redis = new Redis();
  private final List<String> settings;

  /**
   * @param settings the lines of the file at the first start, beside the settings of {@link Redis}
   */
  ConfiguredRedis(List<String> settings) {
    this.settings = settings;
  }

  @Override
  public void prepare(Path folder) throws IOException {
    redis.prepare(folder);
    Path file = file(folder);
    if (!Files.exists(file)) {
      Files.write(file, settings);
    }
  }

  @Override
  public List<String> command(Path folder, int port) throws IOException {
    List<String> command = new ArrayList<>(redis.command(folder, port));
    command.add(1, file(folder).toString());
    return command;
  }

  private static Path file(Path folder) {
    return folder.resolve("redis.conf");
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

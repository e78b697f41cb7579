package dev.tally.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Says how to run one kind of server. */
sealed interface Program permits SqlServer, Redis, ConfiguredRedis, Sentinel, Elasticsearch {

  /**
   * Prepares the server's binary and data folder before a start. A second call changes nothing.
   *
   * @param folder the server's own folder, which exists
   */
  void prepare(Path folder) throws IOException;

  /** The command that runs the server until SIGTERM. */
  List<String> command(Path folder, int port) throws IOException;

  /** Whether the server answers requests. The check takes at most a second. */
  boolean answers(int port);

  /** The URL that clients connect to. */
  String url(int port);
}

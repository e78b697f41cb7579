package dev.tally.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** How one kind of server is run. */
sealed interface Program permits MariaDb, Redis, Elasticsearch {

  /**
   * Readies what the server needs before its first start: its binary, its data folder. Done again
   * it changes nothing.
   *
   * @param folder the server's own folder; exists
   */
  void prepare(Path folder) throws IOException;

  /** The command that runs the server until it gets a TERM. */
  List<String> command(Path folder, int port) throws IOException;

  /** Whether the server answers requests. Takes at most a second. */
  boolean answers(int port);

  /** How clients find the server. */
  String url(int port);
}

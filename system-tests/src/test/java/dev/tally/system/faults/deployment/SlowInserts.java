package dev.tally.system.faults.deployment;

import dev.tally.stack.Server;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Makes a running MariaDB slow, row by row. */
final class SlowInserts {

  private static final List<String> TABLES = List.of("chats", "messages");

  private SlowInserts() {}

  static void begin(Server mariaDb, Duration eachRow) {
    double seconds = eachRow.toNanos() / 1e9;
    for (String table : TABLES) {
      execute(
          mariaDb,
          String.format(
              Locale.ROOT,
              "CREATE TRIGGER slow_%1$s BEFORE INSERT ON %1$s FOR EACH ROW DO SLEEP(%2$.3f)",
              table,
              seconds));
    }
  }

  /** Does nothing if inserts are not slow. */
  static void end(Server mariaDb) {
    for (String table : TABLES) {
      execute(mariaDb, "DROP TRIGGER IF EXISTS slow_" + table);
    }
  }

  private static void execute(Server mariaDb, String sql) {
    try (Connection connection = DriverManager.getConnection(mariaDb.url(), "root", "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.tally.testkit;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Gives tests and benchmarks direct access to the database: to prepare data and to measure limits.
 */
public final class Database implements AutoCloseable {

  private static final int CONNECTIONS = 16;

  private final DataSource source;
  private final JdbcTemplate jdbc;

  Database(DataSource source) {
    this.source = source;
    this.jdbc = new JdbcTemplate(source);
  }

  /** A database with a pool of connections. The caller closes it. */
  static Database pooled(String url, String user, String password) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    // The services use the same settings.
    config.addDataSourceProperty("rewriteBatchedStatements", true);
    config.addDataSourceProperty("connectionTimeZone", "UTC");
    config.addDataSourceProperty("forceConnectionTimeZoneToSession", true);
    return new Database(new HikariDataSource(config));
  }

  /** Runs statements. */
  public JdbcTemplate jdbc() {
    return jdbc;
  }

  /** A connection, which the caller closes. */
  public Connection connection() throws SQLException {
    return source.getConnection();
  }

  void requireEmpty() {
    if (!tables().isEmpty()) {
      throw new IllegalStateException(
          "the database has tables: the benchmarks need a database of their own, and drop them");
    }
  }

  private List<String> tables() {
    List<String> tables = new ArrayList<>();
    jdbc.query(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
        row -> {
          tables.add(row.getString(1));
        });
    return tables;
  }

  void wipe() {
    tables().forEach(table -> jdbc.execute("DROP TABLE `" + table + "`"));
  }

  /** Creates the schema, as a service does at its start. */
  void migrate() {
    Flyway.configure().dataSource(source).load().migrate();
  }

  String version() {
    String version = jdbc.queryForObject("SELECT VERSION()", String.class);
    return version != null && version.contains("MariaDB") ? version : "MySQL " + version;
  }

  /** The number of messages, according to the counts in the rows of chats. */
  public long messages() {
    Long sum = jdbc.queryForObject("SELECT SUM(messages_count) FROM chats", Long.class);
    return sum == null ? 0 : sum;
  }

  /** The number of rows that wait to be indexed. */
  public long outbox() {
    Long rows = jdbc.queryForObject("SELECT COUNT(*) FROM search_outbox", Long.class);
    return rows == null ? 0 : rows;
  }

  @Override
  public void close() {
    if (source instanceof HikariDataSource pool) {
      pool.close();
    }
  }
}

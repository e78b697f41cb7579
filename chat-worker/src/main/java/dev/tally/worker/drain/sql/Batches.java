package dev.tally.worker.drain.sql;

import java.util.Collection;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ParameterizedPreparedStatementSetter;

/**
 * Runs a statement for each of some rows, as one JDBC batch. The driver rewrites a batch of inserts
 * to multi-row statements ({@code rewriteBatchedStatements}).
 */
public final class Batches {

  private final JdbcTemplate jdbc;

  /** Batches over this connection. */
  public Batches(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** Runs a statement for each row; asks nothing if there is none. */
  public <T> void run(
      String sql, Collection<T> rows, ParameterizedPreparedStatementSetter<T> binder) {
    if (!rows.isEmpty()) {
      jdbc.batchUpdate(sql, rows, rows.size(), binder);
    }
  }
}

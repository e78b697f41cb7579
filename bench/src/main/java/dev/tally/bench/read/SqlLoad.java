package dev.tally.bench.read;

import dev.tally.bench.load.Parallel;
import dev.tally.testkit.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Repeats one query on several connections, and reads every row of each answer.
 *
 * @param sql a query that returns a number, a body and a time
 * @param arguments makes the arguments of the next query
 */
record SqlLoad(Database database, String sql, Function<Random, List<Object>> arguments) {

  private static final int CONNECTIONS = 8;

  /** Runs queries for a time, and returns the queries per second. */
  double measure(Duration duration) {
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
    AtomicLong queries = new AtomicLong();
    Parallel.Work work = thread -> queries.addAndGet(queries(new Random(thread), end));
    Parallel.run(Collections.nCopies(CONNECTIONS, work));
    return queries.get() * 1e9 / (System.nanoTime() - begin);
  }

  private long queries(Random random, long end) throws SQLException {
    long queries = 0;
    try (Connection connection = database.connection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      while (System.nanoTime() < end) {
        int position = 1;
        for (Object argument : arguments.apply(random)) {
          statement.setObject(position++, argument);
        }
        int rows = 0;
        try (ResultSet result = statement.executeQuery()) {
          while (result.next()) {
            result.getLong(1);
            result.getString(2);
            result.getObject(3, LocalDateTime.class);
            rows++;
          }
        }
        if (rows == 0) {
          throw new IllegalStateException("no row for " + sql);
        }
        queries++;
      }
    }
    return queries;
  }
}

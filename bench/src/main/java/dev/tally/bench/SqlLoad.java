package dev.tally.bench;

import dev.tally.testkit.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Repeats one query on several connections, and reads every row of each answer. */
final class SqlLoad {

  private static final int CONNECTIONS = 8;

  private final Database database;
  private final String sql;
  private final Function<Random, List<Object>> arguments;

  /**
   * @param sql a query that returns a number, a body and a time
   * @param arguments makes the arguments of the next query
   */
  SqlLoad(Database database, String sql, Function<Random, List<Object>> arguments) {
    this.database = database;
    this.sql = sql;
    this.arguments = arguments;
  }

  /** Runs queries for a time, and returns the queries per second. */
  double measure(Duration duration) {
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
    long queries = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<Long>> counts = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int seed = i;
        counts.add(threads.submit(() -> queries(new Random(seed), end)));
      }
      for (Future<Long> count : counts) {
        queries += count.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return queries * 1e9 / (System.nanoTime() - begin);
  }

  private long queries(Random random, long end) throws Exception {
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
            result.getObject(3, java.time.LocalDateTime.class);
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

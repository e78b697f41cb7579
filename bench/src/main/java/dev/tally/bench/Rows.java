package dev.tally.bench;

import dev.tally.testkit.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Writes the rows of messages by plain JDBC into copies of the tables. Measures the most that the
 * database can do, and the rate of one message at a time.
 */
final class Rows {

  private static final int TRANSACTION = 1000;
  private static final String INSERT =
      """
      INSERT INTO bench_messages (app_id, chat_number, number, body, created_at)
      VALUES (?, ?, ?, ?, ?)\
      """;

  private record Row(long app, long chat, long number, String body) {}

  private final Database database;
  private final List<Row> rows = new ArrayList<>();
  private final LocalDateTime now = LocalDateTime.now(java.time.ZoneOffset.UTC);

  /**
   * @param messages the number of messages of the mix
   */
  Rows(Database database, Mix mix, int messages) {
    this.database = database;
    Map<String, Long> numbers = new HashMap<>();
    for (int i = 0; i < messages; i++) {
      Mix.Draw draw = mix.draws().get(i % mix.draws().size());
      long number = numbers.merge(draw.app().messagesPath(draw.chat()), 1L, Long::sum);
      rows.add(new Row(draw.app().id(), draw.chat(), number, draw.body()));
    }
  }

  private interface Part {
    void write(Connection connection, List<Row> part) throws SQLException;
  }

  /** Inserts {@value #TRANSACTION} rows in each transaction, and returns the rows per second. */
  double inserted(int connections) {
    empty();
    return parallel(
        connections,
        TRANSACTION,
        (connection, part) -> {
          List<Row> sorted = new ArrayList<>(part);
          sorted.sort(
              Comparator.comparingLong(Row::app)
                  .thenComparingLong(Row::chat)
                  .thenComparingLong(Row::number));
          try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (Row row : sorted) {
              bind(insert, row);
              insert.addBatch();
            }
            insert.executeBatch();
          }
          connection.commit();
        },
        rows);
  }

  /**
   * Runs a transaction for each message, which locks the chat, inserts and counts. Returns the rows
   * per second.
   */
  double oneByOne(int connections, int messages) {
    empty();
    database.jdbc().execute("INSERT INTO bench_chats SELECT * FROM chats");
    return parallel(
        connections,
        1,
        (connection, part) -> {
          Row row = part.getFirst();
          try (PreparedStatement lock =
                  connection.prepareStatement(
                      "SELECT messages_count FROM bench_chats WHERE app_id = ? AND number ="
                          + " ? FOR UPDATE");
              PreparedStatement insert = connection.prepareStatement(INSERT);
              PreparedStatement count =
                  connection.prepareStatement(
                      "UPDATE bench_chats SET messages_count = messages_count + 1 WHERE"
                          + " app_id = ? AND number = ?")) {
            lock.setLong(1, row.app());
            lock.setLong(2, row.chat());
            try (ResultSet locked = lock.executeQuery()) {
              if (!locked.next()) {
                throw new IllegalStateException("the chat is missing");
              }
            }
            bind(insert, row);
            insert.executeUpdate();
            count.setLong(1, row.app());
            count.setLong(2, row.chat());
            count.executeUpdate();
          }
          connection.commit();
        },
        rows.subList(0, messages));
  }

  private void bind(PreparedStatement insert, Row row) throws SQLException {
    insert.setLong(1, row.app());
    insert.setLong(2, row.chat());
    insert.setLong(3, row.number());
    insert.setString(4, row.body());
    insert.setObject(5, now);
  }

  private void empty() {
    for (String table : List.of("messages", "chats")) {
      database.jdbc().execute("DROP TABLE IF EXISTS bench_" + table);
      database.jdbc().execute("CREATE TABLE bench_%s LIKE %s".formatted(table, table));
    }
  }

  private double parallel(int connections, int size, Part part, List<Row> all) {
    long begin = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        int own = i;
        done.add(
            threads.submit(
                () -> {
                  try (Connection connection = database.connection()) {
                    connection.setAutoCommit(false);
                    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                    for (int from = own * size; from < all.size(); from += connections * size) {
                      part.write(connection, all.subList(from, Math.min(all.size(), from + size)));
                    }
                    connection.setAutoCommit(true);
                  }
                  return null;
                }));
      }
      for (Future<?> one : done) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return all.size() * 1e9 / (System.nanoTime() - begin);
  }
}

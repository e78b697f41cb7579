package dev.tally.bench.system;

import dev.tally.bench.load.Parallel;
import dev.tally.testkit.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the rows of messages by plain JDBC into copies of the tables. Measures the most that the
 * database can do, and the rate of one message at a time.
 */
public final class PlainWrites {

  private static final int TRANSACTION = 1000;
  private static final int[] CONNECTIONS = {1, 2, 4};
  private static final String INSERT =
      """
      INSERT INTO bench_messages (app_id, chat_number, number, body, created_at)
      VALUES (?, ?, ?, ?, ?)\
      """;
  private static final String LOCK =
      "SELECT messages_count FROM bench_chats WHERE app_id = ? AND number = ? FOR UPDATE";
  private static final String COUNT =
      "UPDATE bench_chats SET messages_count = messages_count + 1 WHERE app_id = ? AND number = ?";

  private record Row(long app, long chat, long number, String body) {

    static final Comparator<Row> ORDER =
        Comparator.comparingLong(Row::app)
            .thenComparingLong(Row::chat)
            .thenComparingLong(Row::number);
  }

  private interface Transaction {
    void write(Connection connection, List<Row> part) throws SQLException;
  }

  private final Database database;
  private final List<Row> rows = new ArrayList<>();
  private final LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC);

  /**
   * @param messages the number of messages of the mix
   */
  public PlainWrites(Database database, Mix mix, int messages) {
    this.database = database;
    Map<String, Long> numbers = new HashMap<>();
    for (int i = 0; i < messages; i++) {
      Mix.Draw draw = mix.draws().get(i % mix.draws().size());
      long number = numbers.merge(draw.app().messagesPath(draw.chat()), 1L, Long::sum);
      rows.add(new Row(draw.app().id(), draw.chat(), number, draw.body()));
    }
  }

  /** Finds the number of connections that inserts fastest. */
  public int bestConnections() {
    inserted(2);
    int best = 1;
    double highest = 0;
    for (int connections : CONNECTIONS) {
      double rate = inserted(connections);
      if (rate > highest) {
        highest = rate;
        best = connections;
      }
    }
    return best;
  }

  /** Inserts {@value #TRANSACTION} rows in each transaction, and returns the rows per second. */
  public double inserted(int connections) {
    copyTables();
    return write(
        connections,
        TRANSACTION,
        rows,
        (connection, part) -> {
          try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            for (Row row : part.stream().sorted(Row.ORDER).toList()) {
              bind(insert, row);
              insert.addBatch();
            }
            insert.executeBatch();
          }
        });
  }

  /**
   * Runs a transaction for each message, which locks the chat, inserts and counts. Returns the rows
   * per second.
   */
  public double oneByOne(int connections, int messages) {
    copyTables();
    database.jdbc().execute("INSERT INTO bench_chats SELECT * FROM chats");
    return write(connections, 1, rows.subList(0, messages), this::lockInsertCount);
  }

  private void lockInsertCount(Connection connection, List<Row> part) throws SQLException {
    Row row = part.getFirst();
    try (PreparedStatement lock = connection.prepareStatement(LOCK);
        PreparedStatement insert = connection.prepareStatement(INSERT);
        PreparedStatement count = connection.prepareStatement(COUNT)) {
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
  }

  private void bind(PreparedStatement insert, Row row) throws SQLException {
    insert.setLong(1, row.app());
    insert.setLong(2, row.chat());
    insert.setLong(3, row.number());
    insert.setString(4, row.body());
    insert.setObject(5, now);
  }

  private void copyTables() {
    for (String table : List.of("messages", "chats")) {
      database.jdbc().execute("DROP TABLE IF EXISTS bench_" + table);
      database.jdbc().execute("CREATE TABLE bench_%s LIKE %s".formatted(table, table));
    }
  }

  private double write(int connections, int size, List<Row> all, Transaction transaction) {
    long begin = System.nanoTime();
    Parallel.Work work =
        thread -> {
          try (Connection connection = database.connection()) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            for (int from = thread * size; from < all.size(); from += connections * size) {
              transaction.write(connection, all.subList(from, Math.min(all.size(), from + size)));
              connection.commit();
            }
            connection.setAutoCommit(true);
          }
        };
    Parallel.run(Collections.nCopies(connections, work));
    return all.size() * 1e9 / (System.nanoTime() - begin);
  }
}

package dev.tally.bench.data;

import dev.tally.bench.load.Parallel;
import dev.tally.testkit.Database;
import java.sql.Connection;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Writes the rows of messages without Tally into copies of the tables. Measures the most that the
 * database can do, and the rate of one message at a time.
 */
public final class PlainWrites {

  private static final int TRANSACTION = 1000;
  private static final List<Integer> CONNECTIONS = List.of(1, 2, 4);
  private static final String INSERT =
      """
      INSERT INTO bench_messages (app_id, chat_number, number, body, created_at)
      VALUES (?, ?, ?, ?, ?)\
      """;
  private static final String LOCK =
      "SELECT messages_count FROM bench_chats WHERE app_id = ? AND number = ? FOR UPDATE";
  private static final String COUNT =
      "UPDATE bench_chats SET messages_count = messages_count + 1 WHERE app_id = ? AND number = ?";

  private record Row(long app, long chat, long number, String body, LocalDateTime createdAt) {

    static final Comparator<Row> BY_KEY =
        Comparator.comparingLong(Row::app)
            .thenComparingLong(Row::chat)
            .thenComparingLong(Row::number);

    Object[] values() {
      return new Object[] {app, chat, number, body, createdAt};
    }
  }

  private final Database database;
  private final List<Row> rows = new ArrayList<>();

  /**
   * @param messages the number of messages of the mix
   */
  public PlainWrites(Database database, Mix mix, int messages) {
    this.database = database;
    LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC);
    Map<String, Long> numbers = new HashMap<>();
    for (int i = 0; i < messages; i++) {
      Mix.Draw draw = mix.draws().get(i % mix.draws().size());
      long number = numbers.merge(draw.path(), 1L, Long::sum);
      rows.add(new Row(draw.app().id(), draw.chat(), number, draw.body(), now));
    }
  }

  /** Finds the number of connections that inserts fastest. */
  public int bestConnections() {
    inserted(2); // warms up
    TreeMap<Double, Integer> byRate = new TreeMap<>();
    CONNECTIONS.forEach(connections -> byRate.put(inserted(connections), connections));
    return byRate.lastEntry().getValue();
  }

  /** Inserts {@value #TRANSACTION} rows in each transaction, and returns the rows per second. */
  public double inserted(int connections) {
    copyTables();
    return write(
        connections,
        TRANSACTION,
        rows,
        (jdbc, part) ->
            jdbc.batchUpdate(INSERT, part.stream().sorted(Row.BY_KEY).map(Row::values).toList()));
  }

  /**
   * Runs a transaction for each message, which locks the chat, inserts and counts. Returns the rows
   * per second.
   */
  public double oneByOne(int connections, int messages) {
    copyTables();
    database.jdbc().execute("INSERT INTO bench_chats SELECT * FROM chats");
    return write(
        connections,
        1,
        rows.subList(0, messages),
        (jdbc, part) -> {
          Row row = part.getFirst();
          jdbc.queryForObject(LOCK, Long.class, row.app(), row.chat());
          jdbc.update(INSERT, row.values());
          jdbc.update(COUNT, row.app(), row.chat());
        });
  }

  private void copyTables() {
    for (String table : List.of("messages", "chats")) {
      database.jdbc().execute("DROP TABLE IF EXISTS bench_" + table);
      database.jdbc().execute("CREATE TABLE bench_%s LIKE %s".formatted(table, table));
    }
  }

  private double write(
      int connections, int size, List<Row> all, BiConsumer<JdbcTemplate, List<Row>> transaction) {
    Queue<List<Row>> parts = new ConcurrentLinkedQueue<>();
    for (int from = 0; from < all.size(); from += size) {
      parts.add(all.subList(from, Math.min(all.size(), from + size)));
    }
    ConnectionCallback<Integer> writeParts =
        connection -> {
          int written = 0;
          connection.setAutoCommit(false);
          connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
          JdbcTemplate jdbc = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
          for (List<Row> part = parts.poll(); part != null; part = parts.poll()) {
            transaction.accept(jdbc, part);
            connection.commit();
            written += part.size();
          }
          return written;
        };
    long begin = System.nanoTime();
    Parallel.run(connections, () -> database.jdbc().execute(writeParts));
    return all.size() * 1e9 / (System.nanoTime() - begin);
  }
}

package dev.tally.bench.section;

import dev.tally.bench.data.Dataset;
import dev.tally.bench.load.HttpFormat;
import dev.tally.bench.load.Parallel;
import dev.tally.bench.report.Goal;
import dev.tally.bench.report.Rounds;
import dev.tally.bench.report.Series;
import dev.tally.bench.report.Table;
import dev.tally.bench.system.Contender;
import dev.tally.bench.system.Run;
import dev.tally.bench.system.StubServer;
import dev.tally.testkit.Service;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementCallback;

/**
 * Measures reads of a random message, and of the first and the last page of a long chat. Compares
 * them with an empty endpoint and with the bare SQL.
 */
public final class ReadSection {

  /** A number of messages of which MySQL reads each anew. */
  private static final int ANY = 400_000;

  private static final int PAGE = 100;
  private static final int SQL_CONNECTIONS = 8;
  private static final String SQL_MESSAGE =
      """
      SELECT number, body, created_at FROM messages
      WHERE app_id = ? AND chat_number = 1 AND number = ?\
      """;
  private static final String SQL_PAGE =
      """
      SELECT number, body, created_at FROM messages
      WHERE app_id = ? AND chat_number = 1 AND number > ? ORDER BY number LIMIT %d\
      """
          .formatted(PAGE);

  private ReadSection() {}

  /** Measures and adds the rows. */
  public static void read(Run run) {
    int messages = run.scale().chatMessages();
    int lastPage = messages - PAGE;
    Dataset.App app = new Dataset(run.servers()).apps(1, 1, messages).getFirst();
    try (Service api = run.services().api();
        Service stub = StubServer.start(run.services())) {
      Contender emptyLoad = run.contender(stub, List.of(HttpFormat.get("/empty")));
      Contender anyLoad = run.contender(api, reads(app, messages, ANY));
      Contender firstLoad = run.contender(api, List.of(page(app, 0)));
      Contender lastLoad = run.contender(api, List.of(page(app, lastPage)));
      LongSupplier number = () -> ThreadLocalRandom.current().nextLong(1, messages + 1);

      Rounds rounds = new Rounds();
      Series empty = rounds.add("empty endpoint", "1/s", emptyLoad::measure);
      Series emptyCpu = rounds.add("empty endpoint", "1", emptyLoad::perCpuSecond);
      Series any = rounds.add("read", "1/s", anyLoad::measure);
      Series anyCpu = rounds.add("read", "1", anyLoad::perCpuSecond);
      Series anySql = rounds.add("bare SQL", "1/s", () -> sql(run, SQL_MESSAGE, app, number));
      Series first = rounds.add("the first page", "1/s", firstLoad::measure);
      Series last = rounds.add("the last page", "1/s", lastLoad::measure);
      Series lastSql = rounds.add("bare SQL", "1/s", () -> sql(run, SQL_PAGE, app, () -> lastPage));
      rounds.run(run.scale().rounds());

      Table table = run.table();
      Goal goal = new Goal.AtLeast(0.7);
      String one = "read one message";
      table.add(one, any, empty, goal);
      table.add(one, any, anySql);
      table.add(one + ", a CPU second of the API", anyCpu, emptyCpu);
      String page = "read page %,d of %d".formatted(messages / PAGE, PAGE);
      table.add(page, last, lastSql);
      table.add(page, last, first, new Goal.AtLeast(0.8));
    }
  }

  private static List<byte[]> reads(Dataset.App app, int messages, int requests) {
    return new Random(1)
        .longs(requests, 1, messages + 1)
        .mapToObj(number -> HttpFormat.get(app.messagesPath(1) + "/" + number))
        .toList();
  }

  private static byte[] page(Dataset.App app, long after) {
    return HttpFormat.get("%s?limit=%d&after=%d".formatted(app.messagesPath(1), PAGE, after));
  }

  /** Repeats a query on several connections for a round, and returns the queries per second. */
  private static double sql(Run run, String query, Dataset.App app, LongSupplier number) {
    long begin = System.nanoTime();
    long end = begin + run.scale().round().toNanos();
    AtomicLong queries = new AtomicLong();
    PreparedStatementCallback<Long> repeat =
        statement -> {
          long count = 0;
          statement.setLong(1, app.id());
          while (System.nanoTime() < end) {
            statement.setLong(2, number.getAsLong());
            readRows(statement);
            count++;
          }
          return queries.addAndGet(count);
        };
    JdbcTemplate jdbc = run.servers().database().jdbc();
    Parallel.run(SQL_CONNECTIONS, () -> jdbc.execute(query, repeat));
    return queries.get() * 1e9 / (System.nanoTime() - begin);
  }

  private static void readRows(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      if (!rows.next()) {
        throw new IllegalStateException("no row for " + statement);
      }
      do {
        rows.getLong(1);
        rows.getString(2);
        rows.getObject(3, LocalDateTime.class);
      } while (rows.next());
    }
  }
}

package dev.tally.worker.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.NumberRange;
import dev.tally.testkit.TestServers;
import dev.tally.worker.ChatWorker;
import dev.tally.worker.outbox.SearchOutbox.Range;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Due rows are found in their order, at a cost that does not grow with their number. A row is
 * replaced by what is left of it, if it is still as it was read.
 */
class SearchOutboxIT {

  private static final int PARTITIONS = 16;
  private static final int LIMIT = 50;

  private static TestServers servers;
  private static ConfigurableApplicationContext worker;
  private static JdbcTemplate mysql;
  private static SearchOutbox outbox;

  @BeforeAll
  static void start() {
    // A context for commands: it does not drain and does not index.
    servers = TestServers.wiped();
    worker = ChatWorker.forCommand(servers.arguments().toArray(String[]::new));
    mysql = worker.getBean(JdbcTemplate.class);
    outbox = worker.getBean(SearchOutbox.class);
  }

  @AfterAll
  static void stop() {
    worker.close();
  }

  @Test
  void rowsAreDueByTheClockOfTheDatabase() throws SQLException {
    mysql.execute("DELETE FROM search_outbox");
    try (Connection connection = servers.mysql()) {
      SingleConnectionDataSource session = new SingleConnectionDataSource(connection, true);
      JdbcTemplate sql = new JdbcTemplate(session);
      SearchOutbox inThePast =
          new SearchOutbox(
              JdbcClient.create(session),
              sql,
              new DataSourceTransactionManager(session),
              new IndexSignal());
      // 9 September 2001
      sql.execute("SET timestamp = 1000000000");

      inThePast.append(List.of(range(3, 1)));

      SearchOutbox.Row row = inThePast.due(Set.of(3), LIMIT).getFirst();
      sql.execute("SET timestamp = 999999999");
      assertThat(inThePast.due(Set.of(3), LIMIT)).isEmpty();
      Settlement.Left left =
          new Settlement.Left(row.range().numbers(), 1, Duration.ofMillis(1_500));
      inThePast.settle(List.of(new Settlement(row, List.of(left))));
      assertThat(sql.queryForObject("SELECT due_at FROM search_outbox", LocalDateTime.class))
          .isEqualTo(LocalDateTime.of(2001, 9, 9, 1, 46, 40, 500_000_000));
    }
  }

  @Test
  void theOldestRowsOfTheGivenPartitionsComeFirst() {
    mysql.execute("DELETE FROM search_outbox");
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      outbox.append(
          IntStream.range(0, 20).mapToObj(_ -> range(random.nextInt(PARTITIONS), 1)).toList());
    }

    for (Set<Integer> asked : List.of(Set.of(3), Set.of(0, 7, 15), partitions())) {
      List<Long> expected =
          JdbcClient.create(mysql)
              .sql(
                  "SELECT id FROM search_outbox WHERE partition_number IN (%s) ORDER BY due_at, id LIMIT %d"
                      .formatted(
                          asked.stream().map(String::valueOf).collect(Collectors.joining(",")),
                          LIMIT))
              .query((row, _) -> row.getLong(1))
              .list();
      assertThat(outbox.due(asked, LIMIT))
          .extracting(SearchOutbox.Row::id)
          .isNotEmpty()
          .containsExactlyElementsOf(expected);
    }
    assertThat(outbox.due(Set.of(), LIMIT)).isEmpty();
    mysql.execute("UPDATE search_outbox SET due_at = due_at + INTERVAL 1 DAY");
    assertThat(outbox.due(partitions(), LIMIT)).isEmpty();
  }

  @Test
  void readingDueRowsCostsTheSameHoweverManyWait() {
    long few = rowsRead(1_000);
    long many = rowsRead(20_000);

    assertThat(few).isPositive();
    assertThat(many).isLessThan(2 * few);
  }

  /** The number of rows that the server reads to find the due ones, if this many wait. */
  private static long rowsRead(int waiting) {
    mysql.execute("DELETE FROM search_outbox");
    List<Range> ranges = new ArrayList<>();
    for (int i = 0; i < waiting; i++) {
      ranges.add(range(i % PARTITIONS, i + 1));
    }
    outbox.append(ranges);
    // On one connection: the server counts for each connection.
    return new TransactionTemplate(
            new DataSourceTransactionManager(Objects.requireNonNull(mysql.getDataSource())))
        .execute(
            _ -> {
              mysql.execute("FLUSH STATUS");
              assertThat(outbox.due(partitions(), LIMIT)).hasSize(LIMIT);
              return JdbcClient.create(mysql)
                  .sql("SHOW SESSION STATUS LIKE 'Handler_read%'")
                  .query((row, _) -> row.getLong("Value"))
                  .list()
                  .stream()
                  .mapToLong(Long::longValue)
                  .sum();
            });
  }

  @Test
  void aRowIsReplacedByWhatIsLeftOfIt() {
    mysql.execute("DELETE FROM search_outbox");
    outbox.append(List.of(range(3, 1, 9), range(4, 10, 12)));
    List<SearchOutbox.Row> rows = outbox.due(partitions(), LIMIT);

    outbox.settle(
        List.of(
            new Settlement(
                rows.getFirst(),
                List.of(
                    new Settlement.Left(new NumberRange(2, 2), 1, Duration.ofHours(1)),
                    new Settlement.Left(new NumberRange(5, 9), 0, Duration.ZERO))),
            new Settlement(rows.getLast(), List.of())));

    assertThat(outbox.due(partitions(), LIMIT))
        .extracting(SearchOutbox.Row::range, SearchOutbox.Row::attempts)
        .containsExactly(tuple(range(3, 5, 9), 0));
    mysql.execute("UPDATE search_outbox SET due_at = due_at - INTERVAL 1 HOUR");
    assertThat(outbox.due(partitions(), LIMIT))
        .extracting(SearchOutbox.Row::range, SearchOutbox.Row::attempts)
        .containsExactlyInAnyOrder(tuple(range(3, 5, 9), 0), tuple(range(3, 2, 2), 1));
  }

  @Test
  void aRowThatIsNotAsItWasReadStays() {
    for (String change :
        List.of(
            "app_id = 2",
            "chat_number = 2",
            "first_number = 2",
            "last_number = 8",
            "attempts = 1",
            "partition_number = 5")) {
      mysql.execute("DELETE FROM search_outbox");
      outbox.append(List.of(range(3, 1, 9)));
      SearchOutbox.Row read = outbox.due(partitions(), LIMIT).getFirst();
      mysql.execute("UPDATE search_outbox SET " + change);
      List<SearchOutbox.Row> changed = outbox.due(partitions(), LIMIT);

      outbox.settle(
          List.of(
              new Settlement(
                  read, List.of(new Settlement.Left(new NumberRange(9, 9), 0, Duration.ZERO)))));

      assertThat(outbox.due(partitions(), LIMIT))
          .as(change)
          .containsExactlyElementsOf(changed)
          .doesNotContain(read);
    }
  }

  private static Range range(int partition, long first, long last) {
    return new Range(partition, new ChatKey(1, 1), new NumberRange(first, last));
  }

  private static Range range(int partition, long number) {
    return range(partition, number, number);
  }

  private static Set<Integer> partitions() {
    return IntStream.range(0, PARTITIONS).boxed().collect(Collectors.toSet());
  }
}

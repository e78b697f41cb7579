package dev.tally.worker.outbox;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.NumberRange;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Messages that are persisted and not indexed yet as they are: a row for each run of consecutive
 * messages of one chat. The transaction that persists or changes messages also appends their rows.
 * A row is deleted after every search index has taken its messages.
 *
 * <p>Rows are due by the database's clock, because workers need not agree on the time.
 */
@SuppressWarnings("InlineFormatString") // all statements stand on top, with those that have a %s
@Component
public class SearchOutbox {

  private static final String APPEND =
      """
      INSERT INTO search_outbox
        (partition_number, app_id, chat_number, first_number, last_number, attempts, due_at)
      VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6) + INTERVAL ? MICROSECOND)""";

  private static final String APPEND_ALL =
      """
      INSERT INTO search_outbox
        (partition_number, app_id, chat_number, first_number, last_number, attempts, due_at)
      SELECT :partition, c.app_id, c.number, 1,
             (SELECT MAX(m.number) FROM messages m
              WHERE m.app_id = c.app_id AND m.chat_number = c.number),
             0, UTC_TIMESTAMP(6)
      FROM chats c JOIN apps a ON a.id = c.app_id
      WHERE c.app_id = :app AND c.messages_count > 0
        AND c.deleted_at IS NULL AND a.deleted_at IS NULL""";

  private static final String DUE =
      """
      SELECT id, partition_number, app_id, chat_number, first_number, last_number, attempts
      FROM (SELECT id FROM (%s) AS oldest_of_each ORDER BY due_at, id LIMIT :limit) AS oldest
      JOIN search_outbox USING (id)
      ORDER BY due_at, id""";

  /** A part of {@link #DUE}, one for each partition; {@code %d} numbers it. */
  private static final String DUE_IN_PARTITION =
      """
      (SELECT id, due_at FROM search_outbox
       WHERE partition_number = :partition%d AND due_at <= UTC_TIMESTAMP(6)
       ORDER BY due_at, id LIMIT :limit)""";

  private static final String LOCK =
      """
      SELECT id, partition_number, app_id, chat_number, first_number, last_number, attempts
      FROM search_outbox WHERE id IN (:ids)
      FOR UPDATE""";

  private static final String DELETE =
      """
      DELETE FROM search_outbox WHERE id IN (:ids)""";

  private static final String SIZE =
      """
      SELECT COUNT(*) FROM search_outbox""";

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;
  private final TransactionTemplate transaction;
  private final IndexSignal signal;

  SearchOutbox(
      JdbcClient jdbc,
      JdbcTemplate batches,
      PlatformTransactionManager transactions,
      IndexSignal signal) {
    this.jdbc = jdbc;
    this.batches = batches;
    this.transaction = new TransactionTemplate(transactions);
    // Rows are locked by their keys. Gap locks would only block the drain.
    this.transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    this.signal = signal;
  }

  /**
   * Consecutive messages of a chat.
   *
   * @param partition the app's partition; the worker that owns it indexes the messages
   */
  public record Range(int partition, ChatKey chat, NumberRange numbers) {}

  /**
   * A row of the outbox.
   *
   * @param attempts how often Elasticsearch has not taken some of its messages
   */
  public record Row(long id, Range range, int attempts) {}

  /** Appends ranges, in the caller's transaction. */
  public void append(List<Range> ranges) {
    insert(ranges.stream().map(range -> new NewRow(range, 0, Duration.ZERO)).toList());
  }

  /**
   * Appends a range for each chat of an app, with all its persisted messages. Deleted chats have
   * none: their messages are being erased.
   */
  public void appendAll(int partition, long appId) {
    jdbc.sql(APPEND_ALL).param("partition", partition).param("app", appId).update();
  }

  /** Wakes the indexer after a commit, so that it does not wait for its next look. */
  public void wake() {
    signal.wake();
  }

  /**
   * Due rows of these partitions, oldest first, up to a limit.
   *
   * <p>The cost depends on the limit, not on how many rows wait: the oldest rows of one partition
   * are the first in the index. A query for several partitions at once would read all of their rows
   * to find the oldest.
   */
  public List<Row> due(Set<Integer> partitions, int limit) {
    if (partitions.isEmpty()) {
      return List.of();
    }
    StringJoiner oldestOfEach = new StringJoiner(" UNION ALL ");
    Map<String, Object> parameters = new HashMap<>();
    parameters.put("limit", limit);
    int part = 0;
    for (int partition : partitions) {
      oldestOfEach.add(DUE_IN_PARTITION.formatted(part));
      parameters.put("partition" + part, partition);
      part++;
    }
    return jdbc.sql(DUE.formatted(oldestOfEach)).params(parameters).query(SearchOutbox::row).list();
  }

  /**
   * Replaces rows by what is left of them, in one transaction. Leaves a row alone that is no longer
   * as it was read: another worker has settled it, or MySQL has given its id to another row.
   */
  public void settle(List<Settlement> settlements) {
    if (!settlements.isEmpty()) {
      transaction.executeWithoutResult(_ -> replace(settlements));
    }
  }

  private void replace(List<Settlement> settlements) {
    Set<Row> found =
        new HashSet<>(
            jdbc.sql(LOCK)
                .param("ids", settlements.stream().map(its -> its.row().id()).toList())
                .query(SearchOutbox::row)
                .list());
    List<Settlement> unchanged =
        settlements.stream().filter(its -> found.contains(its.row())).toList();
    if (unchanged.isEmpty()) {
      return;
    }
    jdbc.sql(DELETE).param("ids", unchanged.stream().map(its -> its.row().id()).toList()).update();
    List<NewRow> rows = new ArrayList<>();
    for (Settlement settlement : unchanged) {
      Range range = settlement.row().range();
      for (Settlement.Left left : settlement.left()) {
        rows.add(
            new NewRow(
                new Range(range.partition(), range.chat(), left.numbers()),
                left.attempts(),
                left.delay()));
      }
    }
    insert(rows);
  }

  /** The number of rows. */
  public long size() {
    return jdbc.sql(SIZE).query(Long.class).single();
  }

  private record NewRow(Range range, int attempts, Duration delay) {}

  private void insert(List<NewRow> rows) {
    if (!rows.isEmpty()) {
      batches.batchUpdate(APPEND, rows, rows.size(), SearchOutbox::bind);
    }
  }

  private static void bind(PreparedStatement statement, NewRow row) throws SQLException {
    statement.setInt(1, row.range().partition());
    statement.setLong(2, row.range().chat().appId());
    statement.setLong(3, row.range().chat().number());
    statement.setLong(4, row.range().numbers().first());
    statement.setLong(5, row.range().numbers().last());
    statement.setInt(6, row.attempts());
    statement.setLong(7, row.delay().toNanos() / 1_000);
  }

  private static Row row(ResultSet row, int index) throws SQLException {
    return new Row(
        row.getLong(1),
        new Range(
            row.getInt(2),
            new ChatKey(row.getLong(3), row.getLong(4)),
            new NumberRange(row.getLong(5), row.getLong(6))),
        row.getInt(7));
  }
}

package dev.tally.worker.outbox;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.NumberRange;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Messages that are persisted and not indexed yet: a row for each run of consecutive messages of
 * one chat. The transaction that persists messages also appends their rows. A row is deleted after
 * every search index has taken its messages.
 */
@SuppressWarnings("InlineFormatString") // all statements stand on top, with those that have a %s
@Component
public class SearchOutbox {

  private static final String APPEND =
      """
      INSERT INTO search_outbox
        (partition_number, app_id, chat_number, first_number, last_number, attempts, due_at)
      VALUES (?, ?, ?, ?, ?, 0, ?)""";

  private static final String APPEND_ALL =
      """
      INSERT INTO search_outbox
        (partition_number, app_id, chat_number, first_number, last_number, attempts, due_at)
      SELECT :partition, c.app_id, c.number, 1,
             (SELECT MAX(m.number) FROM messages m
              WHERE m.app_id = c.app_id AND m.chat_number = c.number),
             0, :now
      FROM chats c
      WHERE c.app_id = :app AND c.messages_count > 0""";

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
       WHERE partition_number = :partition%d AND due_at <= :now
       ORDER BY due_at, id LIMIT :limit)""";

  private static final String DELETE =
      """
      DELETE FROM search_outbox WHERE id IN (:ids)""";

  private static final String ADVANCE =
      """
      UPDATE search_outbox SET first_number = :first
      WHERE id = :id AND first_number < :first""";

  private static final String PUT_OFF =
      """
      UPDATE search_outbox SET attempts = attempts + 1, due_at = :due
      WHERE id IN (:ids)""";

  private static final String SIZE =
      """
      SELECT COUNT(*) FROM search_outbox""";

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;
  private final IndexSignal signal;

  SearchOutbox(JdbcClient jdbc, JdbcTemplate batches, IndexSignal signal) {
    this.jdbc = jdbc;
    this.batches = batches;
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
   * @param attempts how often Elasticsearch has refused some of its messages
   */
  public record Row(long id, Range range, int attempts) {}

  /** Appends ranges, in the caller's transaction. */
  public void append(List<Range> ranges) {
    LocalDateTime now = now();
    batches.batchUpdate(
        APPEND, ranges, ranges.size(), (statement, range) -> bind(statement, range, now));
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
    parameters.put("now", now());
    parameters.put("limit", limit);
    int part = 0;
    for (int partition : partitions) {
      oldestOfEach.add(DUE_IN_PARTITION.formatted(part));
      parameters.put("partition" + part, partition);
      part++;
    }
    return jdbc.sql(DUE.formatted(oldestOfEach))
        .params(parameters)
        .query(
            (row, _) ->
                new Row(
                    row.getLong(1),
                    new Range(
                        row.getInt(2),
                        new ChatKey(row.getLong(3), row.getLong(4)),
                        new NumberRange(row.getLong(5), row.getLong(6))),
                    row.getInt(7)))
        .list();
  }

  /** Deletes rows whose messages every index has taken. */
  public void delete(Collection<Row> rows) {
    if (!rows.isEmpty()) {
      jdbc.sql(DELETE).param("ids", ids(rows)).update();
    }
  }

  /** Shortens a row to the messages from this number on. */
  public void advance(Row row, long firstNumber) {
    jdbc.sql(ADVANCE).param("first", firstNumber).param("id", row.id()).update();
  }

  /** Puts rows off, because Elasticsearch has refused some of their messages. */
  public void putOff(Collection<Row> rows, Duration delay) {
    if (!rows.isEmpty()) {
      jdbc.sql(PUT_OFF).param("due", now().plus(delay)).param("ids", ids(rows)).update();
    }
  }

  /** Appends a range for each chat of an app, with all its persisted messages. */
  public void appendAll(int partition, long appId) {
    jdbc.sql(APPEND_ALL)
        .param("partition", partition)
        .param("now", now())
        .param("app", appId)
        .update();
  }

  /** The number of rows. */
  public long size() {
    return jdbc.sql(SIZE).query(Long.class).single();
  }

  private static void bind(PreparedStatement statement, Range range, LocalDateTime now)
      throws SQLException {
    statement.setInt(1, range.partition());
    statement.setLong(2, range.chat().appId());
    statement.setLong(3, range.chat().number());
    statement.setLong(4, range.numbers().first());
    statement.setLong(5, range.numbers().last());
    statement.setObject(6, now);
  }

  private static LocalDateTime now() {
    return LocalDateTime.ofInstant(Instant.now(), ZoneOffset.UTC);
  }

  private static List<Long> ids(Collection<Row> rows) {
    return rows.stream().map(Row::id).toList();
  }
}

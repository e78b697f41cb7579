package dev.tally.worker.outbox;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * What is persisted and not indexed yet: a row for each run of consecutive messages of one chat. A
 * row is added in the transaction that persists the messages, and goes when every search index has
 * taken them.
 */
@Component
public class SearchOutbox {

  private final JdbcTemplate jdbc;
  private final IndexSignal signal;

  SearchOutbox(JdbcTemplate jdbc, IndexSignal signal) {
    this.jdbc = jdbc;
    this.signal = signal;
  }

  /**
   * Messages of a chat with consecutive numbers, both ends included.
   *
   * @param partition the partition that the app belongs to, whose owner does the indexing
   */
  public record Range(int partition, long appId, long chat, long firstNumber, long lastNumber) {}

  /**
   * A row of the outbox.
   *
   * @param attempts how often Elasticsearch has refused some of its messages
   */
  public record Row(long id, Range range, int attempts) {}

  /** Adds ranges, in the caller's transaction. */
  public void append(List<Range> ranges) {
    LocalDateTime now = now();
    jdbc.batchUpdate(
        """
        INSERT INTO search_outbox
          (partition_number, app_id, chat_number, first_number, last_number, attempts, due_at)
        VALUES (?, ?, ?, ?, ?, 0, ?)""",
        ranges,
        ranges.size(),
        (statement, range) -> bind(statement, range, now));
  }

  /**
   * Tells the indexer that ranges have been committed, so that it need not wait for its next look.
   */
  public void wake() {
    signal.wake();
  }

  /**
   * Rows whose time has come, oldest first, a bounded number of them.
   *
   * <p>What it costs depends on that number and not on how many rows wait: of each partition, the
   * oldest few are the first in the index, while a question for several partitions at once would
   * read all of them to find the oldest.
   */
  public List<Row> due(Set<Integer> partitions, int limit) {
    if (partitions.isEmpty()) {
      return List.of();
    }
    LocalDateTime now = now();
    StringJoiner oldestOfEach = new StringJoiner(" UNION ALL ");
    List<Object> arguments = new ArrayList<>();
    for (int partition : partitions) {
      oldestOfEach.add(
          "(SELECT id, due_at FROM search_outbox WHERE partition_number = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?)");
      arguments.addAll(List.of(partition, now, limit));
    }
    arguments.add(limit);
    return jdbc.query(
        """
        SELECT id, partition_number, app_id, chat_number, first_number, last_number, attempts
        FROM (SELECT id FROM (%s) AS oldest_of_each ORDER BY due_at, id LIMIT ?) AS oldest
        JOIN search_outbox USING (id)
        ORDER BY due_at, id"""
            .formatted(oldestOfEach),
        (row, _) ->
            new Row(
                row.getLong(1),
                new Range(
                    row.getInt(2), row.getLong(3), row.getLong(4), row.getLong(5), row.getLong(6)),
                row.getInt(7)),
        arguments.toArray());
  }

  /** Removes rows whose messages every index has taken. */
  public void delete(Collection<Row> rows) {
    if (!rows.isEmpty()) {
      jdbc.update(
          "DELETE FROM search_outbox WHERE id IN (%s)".formatted(placeholders(rows.size())),
          rows.stream().map(Row::id).toArray());
    }
  }

  /** Shortens a row to what is left of it, from this number on. */
  public void advance(Row row, long firstNumber) {
    jdbc.update(
        "UPDATE search_outbox SET first_number = ? WHERE id = ? AND first_number < ?",
        firstNumber,
        row.id(),
        firstNumber);
  }

  /** Puts rows off, because Elasticsearch has refused some of their messages. */
  public void putOff(Collection<Row> rows, Duration delay) {
    if (!rows.isEmpty()) {
      List<Object> arguments = new ArrayList<>();
      arguments.add(now().plus(delay));
      rows.forEach(row -> arguments.add(row.id()));
      jdbc.update(
          "UPDATE search_outbox SET attempts = attempts + 1, due_at = ? WHERE id IN (%s)"
              .formatted(placeholders(rows.size())),
          arguments.toArray());
    }
  }

  /** Adds a range for everything that an app has persisted. */
  public void appendAll(int partition, long appId) {
    jdbc.update(
        """
        INSERT INTO search_outbox
          (partition_number, app_id, chat_number, first_number, last_number, attempts, due_at)
        SELECT ?, c.app_id, c.number, 1,
               (SELECT MAX(m.number) FROM messages m
                WHERE m.app_id = c.app_id AND m.chat_number = c.number),
               0, ?
        FROM chats c
        WHERE c.app_id = ? AND c.messages_count > 0""",
        partition,
        now(),
        appId);
  }

  /** How many rows there are. */
  public long size() {
    Long size = jdbc.queryForObject("SELECT COUNT(*) FROM search_outbox", Long.class);
    return size == null ? 0 : size;
  }

  private static void bind(PreparedStatement statement, Range range, LocalDateTime now)
      throws SQLException {
    statement.setInt(1, range.partition());
    statement.setLong(2, range.appId());
    statement.setLong(3, range.chat());
    statement.setLong(4, range.firstNumber());
    statement.setLong(5, range.lastNumber());
    statement.setObject(6, now);
  }

  private static LocalDateTime now() {
    return LocalDateTime.ofInstant(Instant.now(), ZoneOffset.UTC);
  }

  private static String placeholders(int count) {
    return String.join(",", Collections.nCopies(count, "?"));
  }
}

package dev.tally.worker.drain;

import dev.tally.common.queue.MessageContent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/** The rows that MySQL has, as {@link RowsModel} tells what it should have. */
final class RowsFound {

  private static final List<String> TABLES =
      List.of("changes", "messages", "chats", "apps", "search_outbox");

  private static final String APPS =
      """
      SELECT token, chats_count FROM apps ORDER BY token""";

  private static final String CHATS =
      """
      SELECT token, number, messages_count, changes_count, pending_count, deleted_count,
             c.created_at
      FROM chats c JOIN apps ON id = app_id ORDER BY token, number""";

  private static final String MESSAGES =
      """
      SELECT token, chat_number, number, body, author, metadata, reply_to, m.created_at, revision,
             edited_at, m.deleted_at, created_fingerprint IS NOT NULL
      FROM messages m JOIN apps ON id = app_id ORDER BY token, chat_number, number""";

  private static final String CHANGES =
      """
      SELECT token, chat_number, number, kind, message_number, author, effect, body, metadata,
             c.created_at, job IS NOT NULL
      FROM changes c JOIN apps ON id = app_id ORDER BY token, chat_number, number""";

  private static final String OUTBOX =
      """
      SELECT partition_number, token, chat_number, first_number, last_number
      FROM search_outbox JOIN apps a ON a.id = app_id""";

  private final JdbcTemplate mysql;

  RowsFound(JdbcTemplate mysql) {
    this.mysql = mysql;
  }

  /** Deletes all rows, and adds apps. */
  void reset(List<String> apps) {
    TABLES.forEach(table -> mysql.update("DELETE FROM " + table));
    for (String app : apps) {
      mysql.update(
          "INSERT INTO apps (token, name, created_at, updated_at)"
              + " VALUES (?, 'Acme', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
          app);
    }
  }

  Map<String, List<String>> all() {
    return Map.of(
        "apps",
        rows(APPS, row -> row.getString(1) + " has " + row.getLong(2)),
        "chats",
        rows(
            CHATS,
            row ->
                "%s %d: %d messages, %d changes, %d pending, %d deleted, created %s"
                    .formatted(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        time(row, 7))),
        "messages",
        rows(MESSAGES, row -> key(row) + message(row)),
        "changes",
        rows(CHANGES, row -> key(row) + change(row)),
        "outbox",
        rows(
                OUTBOX,
                row ->
                    "%d: %s %d %d-%d"
                        .formatted(
                            row.getInt(1),
                            row.getString(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5)))
            .stream()
            .sorted()
            .toList());
  }

  private static String key(ResultSet row) throws SQLException {
    return "%s %d %d: ".formatted(row.getString(1), row.getLong(2), row.getLong(3));
  }

  private static String message(ResultSet row) throws SQLException {
    return "%s, created %s, revision %s, edited %s, deleted %s, fingerprint %s"
        .formatted(
            new MessageContent(
                row.getString(4), row.getString(5), row.getString(6), row.getObject(7, Long.class)),
            time(row, 8),
            row.getObject(9, Long.class),
            time(row, 10),
            time(row, 11),
            row.getBoolean(12));
  }

  private static String change(ResultSet row) throws SQLException {
    return "%s of %d by %s, %s, before %s %s, at %s, job %s"
        .formatted(
            row.getString(4),
            row.getLong(5),
            row.getString(6),
            row.getString(7),
            row.getString(8),
            row.getString(9),
            time(row, 10),
            row.getBoolean(11));
  }

  private static @Nullable Instant time(ResultSet row, int column) throws SQLException {
    LocalDateTime time = row.getObject(column, LocalDateTime.class);
    return time == null ? null : time.toInstant(ZoneOffset.UTC);
  }

  /** Makes a text of a row. */
  @FunctionalInterface
  private interface Text {
    String of(ResultSet row) throws SQLException;
  }

  private List<String> rows(String sql, Text text) {
    RowMapper<String> mapper = (row, _) -> text.of(row);
    return mysql.query(sql, mapper);
  }
}

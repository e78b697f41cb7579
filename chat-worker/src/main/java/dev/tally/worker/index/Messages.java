package dev.tally.worker.index;

import dev.tally.worker.outbox.SearchOutbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads messages in primary key order. */
@Component
public final class Messages {

  private static final String COLUMNS = "app_id, chat_number, number, body, created_at";

  private final JdbcTemplate jdbc;

  Messages(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** The messages of these ranges, up to a limit. */
  public List<Message> in(List<SearchOutbox.Range> ranges, int limit) {
    StringJoiner condition = new StringJoiner(" OR ");
    List<Object> arguments = new ArrayList<>(ranges.size() * 4 + 1);
    for (SearchOutbox.Range range : ranges) {
      condition.add("(app_id = ? AND chat_number = ? AND number BETWEEN ? AND ?)");
      arguments.add(range.appId());
      arguments.add(range.chat());
      arguments.add(range.firstNumber());
      arguments.add(range.lastNumber());
    }
    arguments.add(limit);
    return jdbc.query(
        "SELECT %s FROM messages WHERE %s ORDER BY app_id, chat_number, number LIMIT ?"
            .formatted(COLUMNS, condition),
        Messages::message,
        arguments.toArray());
  }

  /** The messages that follow this one, up to a limit. */
  public List<Message> after(Key key, int limit) {
    return jdbc.query(
        """
        SELECT %s FROM messages
        WHERE (app_id = ? AND chat_number = ? AND number > ?)
           OR (app_id = ? AND chat_number > ?)
           OR app_id > ?
        ORDER BY app_id, chat_number, number
        LIMIT ?"""
            .formatted(COLUMNS),
        Messages::message,
        key.appId(),
        key.chat(),
        key.number(),
        key.appId(),
        key.chat(),
        key.appId(),
        limit);
  }

  /** Where a scan of all messages has got to. */
  public record Key(long appId, long chat, long number) {
    public static final Key START = new Key(0, 0, 0);

    public static Key of(Message message) {
      return new Key(message.appId(), message.chat(), message.number());
    }
  }

  private static Message message(ResultSet row, int index) throws SQLException {
    return new Message(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        row.getObject(5, LocalDateTime.class).toInstant(ZoneOffset.UTC));
  }
}

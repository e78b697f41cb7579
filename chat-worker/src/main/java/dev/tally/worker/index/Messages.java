package dev.tally.worker.index;

import dev.tally.worker.outbox.SearchOutbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads messages in primary key order. */
@SuppressWarnings("InlineFormatString") // all statements stand on top, with those that have a %s
@Component
public final class Messages {

  private static final String IN_RANGES =
      """
      SELECT app_id, chat_number, number, body, created_at FROM messages
      WHERE %s
      ORDER BY app_id, chat_number, number
      LIMIT ?""";

  /**
   * A part of the condition of {@link #IN_RANGES}, one for each range. Its parameters have no
   * names: Spring would parse, and keep, another text for each number of ranges.
   */
  private static final String IN_RANGE =
      """
      (app_id = ? AND chat_number = ? AND number BETWEEN ? AND ?)""";

  private static final String AFTER =
      """
      SELECT app_id, chat_number, number, body, created_at FROM messages
      WHERE (app_id = :app AND chat_number = :chat AND number > :number)
         OR (app_id = :app AND chat_number > :chat)
         OR app_id > :app
      ORDER BY app_id, chat_number, number
      LIMIT :limit""";

  private final JdbcClient jdbc;

  Messages(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The messages of these ranges, up to a limit. */
  public List<Message> in(List<SearchOutbox.Range> ranges, int limit) {
    StringJoiner condition = new StringJoiner(" OR ");
    List<Object> arguments = new ArrayList<>(ranges.size() * 4 + 1);
    for (SearchOutbox.Range range : ranges) {
      condition.add(IN_RANGE);
      arguments.add(range.appId());
      arguments.add(range.chat());
      arguments.add(range.firstNumber());
      arguments.add(range.lastNumber());
    }
    arguments.add(limit);
    return jdbc.sql(IN_RANGES.formatted(condition))
        .params(arguments)
        .query(Messages::message)
        .list();
  }

  /** The messages after this key, up to a limit. */
  public List<Message> after(Key key, int limit) {
    return jdbc.sql(AFTER)
        .param("app", key.appId())
        .param("chat", key.chat())
        .param("number", key.number())
        .param("limit", limit)
        .query(Messages::message)
        .list();
  }

  /** The position of a scan over all messages. */
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

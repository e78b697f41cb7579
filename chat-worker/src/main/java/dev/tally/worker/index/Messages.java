package dev.tally.worker.index;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
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

/** Reads persisted messages. Lost ones are in no index: nothing is left to be searched. */
@SuppressWarnings("InlineFormatString") // all statements stand on top, with those that have a %s
@Component
public final class Messages {

  private static final String IN_RANGES =
      """
      SELECT app_id, chat_number, number, body, created_at FROM messages
      WHERE lost_at IS NULL AND (%s)""";

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
      WHERE lost_at IS NULL
        AND ((app_id = :app AND chat_number = :chat AND number > :number)
          OR (app_id = :app AND chat_number > :chat)
          OR app_id > :app)
      ORDER BY app_id, chat_number, number
      LIMIT :limit""";

  /** A key before all messages, to begin a scan with. */
  public static final MessageKey START = new MessageKey(new ChatKey(0, 0), 0);

  private final JdbcClient jdbc;

  Messages(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The messages of these ranges. */
  public List<Message> in(List<SearchOutbox.Range> ranges) {
    StringJoiner condition = new StringJoiner(" OR ");
    List<Object> arguments = new ArrayList<>(ranges.size() * 4);
    for (SearchOutbox.Range range : ranges) {
      condition.add(IN_RANGE);
      arguments.add(range.chat().appId());
      arguments.add(range.chat().number());
      arguments.add(range.numbers().first());
      arguments.add(range.numbers().last());
    }
    return jdbc.sql(IN_RANGES.formatted(condition))
        .params(arguments)
        .query(Messages::message)
        .list();
  }

  /** The messages after this key, in key order, up to a limit. */
  public List<Message> after(MessageKey key, int limit) {
    return jdbc.sql(AFTER)
        .param("app", key.chat().appId())
        .param("chat", key.chat().number())
        .param("number", key.number())
        .param("limit", limit)
        .query(Messages::message)
        .list();
  }

  private static Message message(ResultSet row, int index) throws SQLException {
    return new Message(
        new MessageKey(new ChatKey(row.getLong(1), row.getLong(2)), row.getLong(3)),
        row.getString(4),
        row.getObject(5, LocalDateTime.class).toInstant(ZoneOffset.UTC));
  }
}

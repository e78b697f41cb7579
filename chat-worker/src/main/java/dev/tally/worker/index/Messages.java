package dev.tally.worker.index;

import dev.tally.common.identity.AppToken;
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

/**
 * Reads persisted messages, without those that are lost: nothing of them is left to be searched.
 * Those of deleted chats and apps are being erased, and are left out, too.
 *
 * <p>Deleted messages are among them. Each has to take the place of what it said in the index.
 */
@SuppressWarnings("InlineFormatString") // all statements stand on top, with those that have a %s
@Component
public final class Messages {

  /** The {@link Message#revision} of a row of {@code messages m}. */
  public static final String REVISION =
      """
      IF(m.deleted_at IS NULL, COALESCE(m.revision, 0), 999999999999999)
      """;

  /** The apps come second: the order of the messages is that of their key. */
  private static final String SELECT =
      """
      SELECT m.app_id, m.chat_number, m.number, m.body, a.token,
             COALESCE(m.deleted_at, m.edited_at, m.created_at),
      """
          + REVISION
          + """
      FROM messages m STRAIGHT_JOIN apps a ON a.id = m.app_id
      LEFT JOIN chats c ON c.app_id = m.app_id AND c.number = m.chat_number
      WHERE m.lost_at IS NULL AND a.deleted_at IS NULL AND c.deleted_at IS NULL AND\s""";

  private static final String IN_RANGES = SELECT + "(%s)";

  /**
   * A part of the condition of {@link #IN_RANGES}, one for each range. Its parameters have no
   * names: Spring would parse, and keep, another text for each number of ranges.
   */
  private static final String IN_RANGE =
      """
      (m.app_id = ? AND m.chat_number = ? AND m.number BETWEEN ? AND ?)""";

  private static final String AFTER =
      SELECT
          + """
          ((m.app_id = :app AND m.chat_number = :chat AND m.number > :number)
            OR (m.app_id = :app AND m.chat_number > :chat)
            OR m.app_id > :app)
          ORDER BY m.app_id, m.chat_number, m.number
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
        new AppToken(row.getString(5)),
        row.getString(4),
        row.getLong(7),
        row.getObject(6, LocalDateTime.class).toInstant(ZoneOffset.UTC));
  }
}

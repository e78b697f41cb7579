package dev.tally.api.change;

import dev.tally.api.page.PageRequest;
import dev.tally.api.page.PageRows;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads rows of {@code changes} by plain JDBC. Only the worker writes them. */
@Component
class ChangeRows {

  /** A deleted message says nothing any more, also while workers still blank its history. */
  private static final String COLUMNS =
      """
      SELECT h.number, h.message_number, h.kind, h.effect, h.author,
             IF(m.deleted_at IS NULL, h.body, NULL), IF(m.deleted_at IS NULL, h.metadata, NULL),
             h.created_at
      """;

  private static final String MESSAGE =
      """
      LEFT JOIN messages m
        ON m.app_id = h.app_id AND m.chat_number = h.chat_number AND m.number = h.message_number
      """;

  static final String OF_CHAT =
      COLUMNS
          + """
          FROM apps a
          JOIN chats c ON c.app_id = a.id AND c.deleted_at IS NULL
          JOIN changes h ON h.app_id = a.id AND h.chat_number = c.number
          """
          + MESSAGE
          + """
          WHERE a.token = ? AND a.deleted_at IS NULL AND c.number = ?
          """;

  /** The index is named, or MySQL may look through all changes of the chat in their order. */
  static final String OF_MESSAGE =
      COLUMNS
          + """
          FROM apps a
          JOIN chats c ON c.app_id = a.id AND c.deleted_at IS NULL
          JOIN changes h FORCE INDEX (changes_message)
            ON h.app_id = a.id AND h.chat_number = c.number
          """
          + MESSAGE
          + """
          WHERE a.token = ? AND a.deleted_at IS NULL AND c.number = ?
            AND h.message_number = ?
          """;

  /** Streams do not show what was before a change. */
  private static final String AFTER =
      """
      SELECT h.number, h.message_number, h.kind, h.effect, h.author, NULL, NULL, h.created_at
      FROM apps a JOIN changes h ON h.app_id = a.id
      WHERE a.token = ? AND a.deleted_at IS NULL AND h.chat_number = ? AND h.number > ?
      ORDER BY h.number LIMIT ?""";

  private static final String CHAT =
      """
      SELECT c.number, c.name, c.metadata FROM apps a JOIN chats c ON c.app_id = a.id
      WHERE a.token = ? AND a.deleted_at IS NULL AND c.number = ? AND c.deleted_at IS NULL""";

  private static final String UPWARDS =
      "AND h.number > ? AND h.number < ? ORDER BY h.number LIMIT ?";
  private static final String DOWNWARDS =
      "AND h.number > ? AND h.number < ? ORDER BY h.number DESC LIMIT ?";

  private final JdbcTemplate jdbc;
  private final PageRows pages;

  ChangeRows(JdbcTemplate jdbc, PageRows pages) {
    this.jdbc = jdbc;
    this.pages = pages;
  }

  /**
   * Reads the changes of a page of a chat, and one more if another page follows. Only one of them
   * is in memory at a time.
   *
   * @param reader takes each change; false ends the reading
   */
  void read(ChatName chat, PageRequest page, Predicate<ChangeView> reader) {
    read(OF_CHAT, List.of(chat.app().value(), chat.number()), page, reader);
  }

  /** The same for the changes of one message. */
  void read(MessageName message, PageRequest page, Predicate<ChangeView> reader) {
    ChatName chat = message.chat();
    read(OF_MESSAGE, List.of(chat.app().value(), chat.number(), message.number()), page, reader);
  }

  /** Reads the changes of a chat that come after one, without what was before them. */
  List<ChangeView> after(ChatName chat, long last, int limit) {
    return jdbc.query(
        AFTER, (row, _) -> change(row, null), chat.app().value(), chat.number(), last, limit);
  }

  /** What a chat says now; null if it has no row, or is deleted: then nothing is left to show. */
  FollowedChange.@Nullable Chat chat(ChatName chat) {
    return jdbc
        .query(
            CHAT,
            (row, _) -> new FollowedChange.Chat(row.getLong(1), row.getString(2), row.getString(3)),
            chat.app().value(),
            chat.number())
        .stream()
        .findFirst()
        .orElse(null);
  }

  private void read(
      String select, List<?> parameters, PageRequest page, Predicate<ChangeView> reader) {
    pages.read(
        page,
        page.probe(),
        select + (page.descending() ? DOWNWARDS : UPWARDS),
        parameters,
        (row, _) -> change(row, before(row)),
        ChangeView::number,
        reader);
  }

  private static ChangeView change(ResultSet row, ChangeView.@Nullable Before before)
      throws SQLException {
    return new ChangeView(
        row.getLong(1),
        row.getObject(2, Long.class),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        before,
        row.getObject(8, LocalDateTime.class).toInstant(ZoneOffset.UTC));
  }

  private static ChangeView.@Nullable Before before(ResultSet row) throws SQLException {
    String text = row.getString(6);
    String metadata = row.getString(7);
    if (row.getObject(2) != null) {
      return text == null ? null : ChangeView.Before.ofMessage(text, metadata);
    }
    // A chat may have had neither a name nor metadata.
    return "edit".equals(row.getString(3)) && FollowedChange.APPLIED.equals(row.getString(4))
        ? ChangeView.Before.ofChat(text, metadata)
        : null;
  }
}

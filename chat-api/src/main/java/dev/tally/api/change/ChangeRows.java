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
import org.springframework.stereotype.Component;

/** Reads rows of {@code changes} by plain JDBC. Only the worker writes them. */
@Component
class ChangeRows {

  private static final String COLUMNS =
      """
      SELECT h.number, h.message_number, h.kind, h.effect, h.author, h.body, h.metadata,
             h.created_at
      """;

  static final String OF_CHAT =
      COLUMNS
          + """
          FROM apps a
          JOIN chats c ON c.app_id = a.id AND c.deleted_at IS NULL
          JOIN changes h ON h.app_id = a.id AND h.chat_number = c.number
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
          WHERE a.token = ? AND a.deleted_at IS NULL AND c.number = ?
            AND h.message_number = ?
          """;

  private static final String UPWARDS =
      "AND h.number > ? AND h.number < ? ORDER BY h.number LIMIT ?";
  private static final String DOWNWARDS =
      "AND h.number > ? AND h.number < ? ORDER BY h.number DESC LIMIT ?";

  private final PageRows pages;

  ChangeRows(PageRows pages) {
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

  private void read(
      String select, List<?> parameters, PageRequest page, Predicate<ChangeView> reader) {
    pages.read(
        page,
        select + (page.descending() ? DOWNWARDS : UPWARDS),
        parameters,
        (row, _) -> change(row),
        ChangeView::number,
        reader);
  }

  private static ChangeView change(ResultSet row) throws SQLException {
    Long message = row.getObject(2, Long.class);
    String kind = row.getString(3);
    String effect = row.getString(4);
    return new ChangeView(
        row.getLong(1),
        message,
        kind,
        effect,
        row.getString(5),
        before(row, message, kind, effect),
        row.getObject(8, LocalDateTime.class).toInstant(ZoneOffset.UTC));
  }

  private static ChangeView.@Nullable Before before(
      ResultSet row, @Nullable Long message, @Nullable String kind, String effect)
      throws SQLException {
    String text = row.getString(6);
    String metadata = row.getString(7);
    if (message != null) {
      return text == null ? null : ChangeView.Before.ofMessage(text, metadata);
    }
    // A chat may have had neither a name nor metadata.
    return "edit".equals(kind) && effect.equals("applied")
        ? ChangeView.Before.ofChat(text, metadata)
        : null;
  }
}

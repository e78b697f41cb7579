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
          FROM apps a JOIN changes h ON h.app_id = a.id
          WHERE a.token = ? AND h.chat_number = ?
          """;

  /** The index is named, or MySQL may look through all changes of the chat in their order. */
  static final String OF_MESSAGE =
      COLUMNS
          + """
          FROM apps a JOIN changes h FORCE INDEX (changes_message) ON h.app_id = a.id
          WHERE a.token = ? AND h.chat_number = ? AND h.message_number = ?
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
    String body = row.getString(6);
    return new ChangeView(
        row.getLong(1),
        row.getObject(2, Long.class),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        body == null ? null : new ChangeView.Before(body, row.getString(7)),
        row.getObject(8, LocalDateTime.class).toInstant(ZoneOffset.UTC));
  }
}

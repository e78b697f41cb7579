package dev.tally.api.chat;

import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageRequest;
import dev.tally.api.page.PageRows;
import dev.tally.api.page.Tombstones;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.Numbers;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads rows of {@code chats} by plain JDBC. Only the worker writes them. */
@Component
class ChatRows {

  private static final String SELECT =
      """
      SELECT c.number, c.messages_count, c.changes_count, c.deleted_count, c.name, c.metadata,
             c.created_at, c.edited_at, c.revision, c.deleted_at, c.lost_at
      FROM apps a JOIN chats c ON c.app_id = a.id
      WHERE a.token = ? AND a.deleted_at IS NULL
      """;

  private static final String ONE = SELECT + "AND c.number = ?";
  private static final String ASCENDING =
      "AND c.number > ? AND c.number < ? ORDER BY c.number LIMIT ?";
  private static final String DESCENDING =
      "AND c.number > ? AND c.number < ? ORDER BY c.number DESC LIMIT ?";

  /** Reads nothing that a chat says: streams and searches ask, too. */
  private static final String APP_ID =
      """
      SELECT c.app_id FROM apps a JOIN chats c ON c.app_id = a.id
      WHERE a.token = ? AND a.deleted_at IS NULL AND c.number = ? AND c.deleted_at IS NULL""";

  /**
   * One statement sees one state. Two could see a later row and miss this one, which is inserted in
   * the same transaction.
   */
  private static final String CHAT_IS_PASSED =
      """
      SELECT EXISTS (SELECT 1 FROM apps a JOIN chats c ON c.app_id = a.id
                     WHERE a.token = ? AND c.number > ?)
        AND NOT EXISTS (SELECT 1 FROM apps a JOIN chats c ON c.app_id = a.id
                        WHERE a.token = ? AND c.number = ?)""";

  private static final String MESSAGE_IS_PASSED =
      """
      SELECT EXISTS (SELECT 1 FROM apps a JOIN messages m ON m.app_id = a.id
                     WHERE a.token = ? AND m.chat_number = ? AND m.number > ?)
        AND NOT EXISTS (SELECT 1 FROM apps a JOIN messages m ON m.app_id = a.id
                        WHERE a.token = ? AND m.chat_number = ? AND m.number = ?)""";

  private final JdbcTemplate jdbc;
  private final PageRows pages;

  ChatRows(JdbcTemplate jdbc, PageRows pages) {
    this.jdbc = jdbc;
    this.pages = pages;
  }

  Optional<ChatView> find(ChatName name) {
    return jdbc.query(ONE, (row, _) -> chat(row), name.app().value(), name.number()).stream()
        .findFirst();
  }

  /** The key of a chat's row; empty also if the chat is deleted. */
  Optional<ChatKey> key(ChatName name) {
    return jdbc
        .query(
            APP_ID,
            (row, _) -> new ChatKey(row.getLong(1), name.number()),
            name.app().value(),
            name.number())
        .stream()
        .findFirst();
  }

  boolean isDeleted(ChatName name) {
    return find(name).filter(ChatView::deleted).isPresent();
  }

  /** Whether a later chat of the app is persisted, and this number's chat is not. */
  boolean isPassed(ChatName chat) {
    String app = chat.app().value();
    return chat.number() != Numbers.NONE
        && is(CHAT_IS_PASSED, app, chat.number(), app, chat.number());
  }

  /** Whether a later message of the chat is persisted, and this number's message is not. */
  boolean isPassed(MessageName message) {
    ChatName chat = message.chat();
    String app = chat.app().value();
    return message.number() != Numbers.NONE
        && is(
            MESSAGE_IS_PASSED,
            app,
            chat.number(),
            message.number(),
            app,
            chat.number(),
            message.number());
  }

  private boolean is(String sql, Object... parameters) {
    return Boolean.TRUE.equals(jdbc.queryForObject(sql, Boolean.class, parameters));
  }

  /**
   * Reads chats into a page, until the page is full. Only one of them is in memory at a time. SQL
   * leaves no tombstones out: then its LIMIT would not bound what MySQL reads.
   */
  void read(AppToken app, PageRequest page, Tombstones tombstones, PageBody<ChatView> body) {
    pages.read(
        page,
        tombstones.probe(page),
        SELECT + (page.descending() ? DESCENDING : ASCENDING),
        List.of(app.value()),
        (row, _) -> chat(row),
        ChatView::number,
        tombstones.reader(body, ChatView::deleted));
  }

  private static ChatView chat(ResultSet row) throws SQLException {
    return new ChatView(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getString(5),
        row.getString(6),
        row.getObject(7, LocalDateTime.class).toInstant(ZoneOffset.UTC),
        instant(row.getObject(8, LocalDateTime.class)),
        row.getObject(9, Long.class),
        instant(row.getObject(10, LocalDateTime.class)),
        instant(row.getObject(11, LocalDateTime.class)));
  }

  private static @Nullable Instant instant(@Nullable LocalDateTime utc) {
    return utc == null ? null : utc.toInstant(ZoneOffset.UTC);
  }
}

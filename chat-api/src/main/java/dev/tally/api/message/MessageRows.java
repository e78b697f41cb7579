package dev.tally.api.message;

import dev.tally.api.page.PageRequest;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;

/**
 * Reads rows of {@code messages}. The worker inserts these rows, and nothing changes them. Plain
 * JDBC reads them at a fraction of an entity's cost. Each query joins the app itself, so a read is
 * one round trip.
 */
@Component
class MessageRows {

  private static final String SELECT =
      """
      SELECT m.number, m.body, m.created_at, m.lost_at
      FROM apps a JOIN messages m ON m.app_id = a.id
      WHERE a.token = ? AND m.chat_number = ?
      """;

  private static final String ONE = SELECT + "AND m.number = ?";
  private static final String ASCENDING =
      SELECT + "AND m.number > ? AND m.number < ? ORDER BY m.number LIMIT ?";
  private static final String DESCENDING =
      SELECT + "AND m.number > ? AND m.number < ? ORDER BY m.number DESC LIMIT ?";

  private static final RowMapper<MessageView> ROW =
      (row, _) ->
          new MessageView(
              row.getLong(1),
              row.getString(2),
              row.getObject(3, LocalDateTime.class).toInstant(ZoneOffset.UTC),
              instant(row.getObject(4, LocalDateTime.class)));

  private final JdbcTemplate jdbc;

  MessageRows(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  private static @Nullable Instant instant(@Nullable LocalDateTime utc) {
    return utc == null ? null : utc.toInstant(ZoneOffset.UTC);
  }

  Optional<MessageView> find(MessageName name) {
    ChatName chat = name.chat();
    return jdbc.query(ONE, ROW, chat.app().value(), chat.number(), name.number()).stream()
        .findFirst();
  }

  /** Reads the messages of a page, and one more if another page follows. */
  List<MessageView> find(ChatName chat, PageRequest page) {
    return jdbc.query(
        page.descending() ? DESCENDING : ASCENDING,
        ROW,
        chat.app().value(),
        chat.number(),
        page.above(),
        page.below(),
        page.probe());
  }

  List<MessageView> after(MessageName last, int limit) {
    ChatName chat = last.chat();
    return jdbc.query(
        ASCENDING, ROW, chat.app().value(), chat.number(), last.number(), Long.MAX_VALUE, limit);
  }
}

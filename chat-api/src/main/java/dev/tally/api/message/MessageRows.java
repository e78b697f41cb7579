package dev.tally.api.message;

import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageRequest;
import dev.tally.api.page.PageRows;
import dev.tally.api.page.Tombstones;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.stereotype.Component;

/**
 * Reads rows of {@code messages}. Only the worker inserts and changes these rows. Plain JDBC reads
 * them at a fraction of an entity's cost. Each query joins the app itself, so a read is one round
 * trip.
 */
@Component
class MessageRows {

  private static final String OF_CHAT =
      """
      FROM apps a
      JOIN chats c ON c.app_id = a.id AND c.deleted_at IS NULL
      JOIN messages m ON m.app_id = a.id AND m.chat_number = c.number
      WHERE a.token = ? AND a.deleted_at IS NULL AND c.number = ?
      """;

  private static final String SELECT =
      """
      SELECT m.number, m.body, m.author, m.metadata, m.reply_to, m.created_at,
             m.edited_at, m.revision, m.deleted_at, m.lost_at
      """
          + OF_CHAT;

  private static final String THERE =
      "SELECT m.number " + OF_CHAT + "AND m.deleted_at IS NULL AND m.lost_at IS NULL ";

  private static final String ONE = SELECT + "AND m.number = ?";
  private static final String UPWARDS =
      "AND m.number > ? AND m.number < ? ORDER BY m.number LIMIT ?";
  private static final String DOWNWARDS =
      "AND m.number > ? AND m.number < ? ORDER BY m.number DESC LIMIT ?";

  private static final RowMapper<MessageView> ROW = (row, _) -> message(row);

  private final JdbcTemplate jdbc;
  private final PageRows pages;

  MessageRows(JdbcTemplate jdbc, PageRows pages) {
    this.jdbc = jdbc;
    this.pages = pages;
  }

  private static MessageView message(ResultSet row) throws SQLException {
    return new MessageView(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getObject(5, Long.class),
        row.getObject(6, LocalDateTime.class).toInstant(ZoneOffset.UTC),
        instant(row.getObject(7, LocalDateTime.class)),
        row.getObject(8, Long.class),
        instant(row.getObject(9, LocalDateTime.class)),
        instant(row.getObject(10, LocalDateTime.class)));
  }

  private static @Nullable Instant instant(@Nullable LocalDateTime utc) {
    return utc == null ? null : utc.toInstant(ZoneOffset.UTC);
  }

  Optional<MessageView> find(MessageName name) {
    ChatName chat = name.chat();
    return jdbc.query(ONE, ROW, chat.app().value(), chat.number(), name.number()).stream()
        .findFirst();
  }

  /**
   * Reads messages into a page, until the page is full. Only one of them is in memory at a time.
   * SQL leaves no tombstones out: then its LIMIT would not bound what MySQL reads.
   */
  void read(ChatName chat, PageRequest page, Tombstones tombstones, PageBody<MessageView> body) {
    pages.read(
        page,
        tombstones.probe(page),
        SELECT + (page.descending() ? DOWNWARDS : UPWARDS),
        List.of(chat.app().value(), chat.number()),
        ROW,
        MessageView::number,
        tombstones.reader(body, MessageView::deleted));
  }

  List<MessageView> of(ChatName chat, Collection<Long> numbers) {
    return jdbc.query(SELECT + among(numbers), ROW, parameters(chat, numbers));
  }

  /** Which of these messages are there, neither deleted nor lost. */
  Set<Long> there(ChatName chat, Collection<Long> numbers) {
    return new HashSet<>(
        jdbc.queryForList(THERE + among(numbers), Long.class, parameters(chat, numbers)));
  }

  private static String among(Collection<Long> numbers) {
    return "AND m.number IN (" + String.join(", ", Collections.nCopies(numbers.size(), "?")) + ")";
  }

  private static Object[] parameters(ChatName chat, Collection<Long> numbers) {
    List<Object> parameters = new ArrayList<>(List.of(chat.app().value(), chat.number()));
    parameters.addAll(numbers);
    return parameters.toArray();
  }

  List<MessageView> after(MessageName last, int limit) {
    ChatName chat = last.chat();
    return jdbc.query(
        SELECT + UPWARDS,
        ROW,
        chat.app().value(),
        chat.number(),
        last.number(),
        Long.MAX_VALUE,
        limit);
  }
}

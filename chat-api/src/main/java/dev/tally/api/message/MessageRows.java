package dev.tally.api.message;

import dev.tally.api.page.PageRequest;
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
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;
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
      SELECT m.number, m.body, m.author, m.metadata, m.reply_to, m.created_at, m.lost_at
      FROM apps a JOIN messages m ON m.app_id = a.id
      WHERE a.token = ? AND m.chat_number = ?
      """;

  private static final String ONE = SELECT + "AND m.number = ?";
  private static final String ASCENDING =
      SELECT + "AND m.number > ? AND m.number < ? ORDER BY m.number LIMIT ?";
  private static final String DESCENDING =
      SELECT + "AND m.number > ? AND m.number < ? ORDER BY m.number DESC LIMIT ?";

  private static final RowMapper<MessageView> ROW = (row, _) -> message(row);

  /**
   * The most rows of one statement of a page. Connector/J reads and drops the rows that a full page
   * leaves over, with the longest bodies 5 MB; a page of 1,000 short messages takes eight
   * statements, one of the default limit takes one.
   */
  private static final int SLICE = 128;

  private final JdbcTemplate jdbc;

  /** Has one row in memory at a time. By default, Connector/J has all rows of a statement. */
  private final JdbcTemplate streaming;

  MessageRows(JdbcTemplate jdbc, DataSource dataSource) {
    this.jdbc = jdbc;
    this.streaming = new JdbcTemplate(dataSource);
    streaming.setFetchSize(Integer.MIN_VALUE);
  }

  private static MessageView message(ResultSet row) throws SQLException {
    return new MessageView(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getObject(5, Long.class),
        row.getObject(6, LocalDateTime.class).toInstant(ZoneOffset.UTC),
        instant(row.getObject(7, LocalDateTime.class)));
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
   * Reads the messages of a page, and one more if another page follows. Only one of them is in
   * memory at a time.
   *
   * @param reader takes each message; false ends the reading
   */
  void read(ChatName chat, PageRequest page, Predicate<MessageView> reader) {
    long above = page.above();
    long below = page.below();
    for (int left = page.probe(); left > 0; left -= SLICE) {
      long last = read(chat, above, below, page.descending(), Math.min(left, SLICE), reader);
      if (last == Numbers.NONE) {
        return;
      }
      if (page.descending()) {
        below = last;
      } else {
        above = last;
      }
    }
  }

  /** Returns the number of the last message, or NONE if no further slice is to be read. */
  private long read(
      ChatName chat,
      long above,
      long below,
      boolean descending,
      int slice,
      Predicate<MessageView> reader) {
    ResultSetExtractor<Long> extractor =
        rows -> {
          int read = 0;
          long last = Numbers.NONE;
          while (rows.next()) {
            read++;
            MessageView message = message(rows);
            if (!reader.test(message)) {
              return Numbers.NONE;
            }
            last = message.number();
          }
          return read < slice ? Numbers.NONE : last;
        };
    Long last =
        streaming.query(
            descending ? DESCENDING : ASCENDING,
            extractor,
            chat.app().value(),
            chat.number(),
            above,
            below,
            slice);
    return last == null ? Numbers.NONE : last;
  }

  List<MessageView> after(MessageName last, int limit) {
    ChatName chat = last.chat();
    return jdbc.query(
        ASCENDING, ROW, chat.app().value(), chat.number(), last.number(), Long.MAX_VALUE, limit);
  }
}

package dev.tally.worker.drain;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.queue.Job;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The SQL of the drain. Every statement runs in the caller's transaction, and is SQL that MySQL and
 * MariaDB share.
 *
 * <p>Inserts are JDBC batches, which the driver rewrites to multi-row statements ({@code
 * rewriteBatchedStatements}).
 */
@SuppressWarnings("InlineFormatString") // all statements stand on top, with those that have a %s
@Component
final class DrainSql {

  private static final String LOCK_APPS =
      """
      SELECT token, id, chats_count FROM apps
      WHERE token IN (:tokens)
      ORDER BY token
      FOR UPDATE""";

  private static final String LOCK_CHATS =
      """
      SELECT app_id, number, messages_count FROM chats
      WHERE %s
      ORDER BY app_id, number
      FOR UPDATE""";

  private static final String CHATS =
      """
      SELECT number, created_at FROM chats
      WHERE app_id = :app AND number IN (:numbers)""";

  private static final String MESSAGES =
      """
      SELECT number, created_at, body FROM messages
      WHERE app_id = :app AND chat_number = :chat AND number IN (:numbers)""";

  private static final String HIGHEST_CHAT =
      """
      SELECT MAX(c.number) FROM chats c JOIN apps a ON a.id = c.app_id
      WHERE a.token = :token""";

  private static final String HIGHEST_MESSAGE =
      """
      SELECT MAX(m.number) FROM messages m JOIN apps a ON a.id = m.app_id
      WHERE a.token = :token AND m.chat_number = :chat""";

  private static final String INSERT_CHAT =
      """
      INSERT INTO chats (app_id, number, messages_count, created_at)
      VALUES (?, ?, ?, ?)""";

  private static final String INSERT_MESSAGE =
      """
      INSERT INTO messages (app_id, chat_number, number, body, created_at)
      VALUES (?, ?, ?, ?, ?)""";

  private static final String ADD_CHATS =
      """
      UPDATE apps SET chats_count = chats_count + ? WHERE id = ?""";

  private static final String ADD_MESSAGES =
      """
      UPDATE chats SET messages_count = messages_count + ? WHERE %s""";

  /**
   * A part of the condition of {@link #LOCK_CHATS} and {@link #ADD_MESSAGES}, one for each app.
   *
   * <p>Its parameters have no names: Spring would parse, and keep, another text for each number of
   * apps. It is not a row constructor either: MySQL would read the whole index for that.
   */
  private static final String CHATS_OF_APP =
      """
      (app_id = ? AND number IN (%s))""";

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;

  DrainSql(JdbcClient jdbc, JdbcTemplate batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  /** A locked app row. */
  record App(long id, long chatsCount) {}

  /** A locked chat row. */
  record Chat(long messagesCount) {}

  /** The part of a message that is compared when two jobs have the same number. */
  record Content(Instant acceptedAt, String body) {
    static Content of(Job.NewMessage job) {
      return new Content(job.acceptedAt(), job.body());
    }
  }

  /**
   * Locks the apps with these tokens, in token order. Apps that do not exist are missing from the
   * result.
   */
  Map<AppToken, App> lockApps(SortedSet<AppToken> tokens) {
    Map<AppToken, App> apps = new HashMap<>();
    if (tokens.isEmpty()) {
      return apps;
    }
    jdbc.sql(LOCK_APPS)
        .param("tokens", tokens.stream().map(AppToken::value).toList())
        .query(
            row -> {
              apps.put(new AppToken(row.getString(1)), new App(row.getLong(2), row.getLong(3)));
            });
    return apps;
  }

  /**
   * Locks the chats with these keys, in key order. Chats that do not exist are missing from the
   * result.
   */
  Map<ChatKey, Chat> lockChats(SortedSet<ChatKey> keys) {
    Map<ChatKey, Chat> chats = new HashMap<>();
    if (keys.isEmpty()) {
      return chats;
    }
    Condition these = Condition.of(keys);
    jdbc.sql(LOCK_CHATS.formatted(these.sql()))
        .params(these.arguments())
        .query(
            row -> {
              chats.put(new ChatKey(row.getLong(1), row.getLong(2)), new Chat(row.getLong(3)));
            });
    return chats;
  }

  /** The acceptance times of those of the chats that exist, by number. */
  Map<Long, Instant> chats(long app, Collection<Long> numbers) {
    Map<Long, Instant> chats = new HashMap<>();
    jdbc.sql(CHATS)
        .param("app", app)
        .param("numbers", numbers)
        .query(
            row -> {
              chats.put(row.getLong(1), instant(row, 2));
            });
    return chats;
  }

  /** The contents of those of the messages that exist, by number. */
  Map<Long, Content> messages(ChatKey chat, Collection<Long> numbers) {
    Map<Long, Content> messages = new HashMap<>();
    jdbc.sql(MESSAGES)
        .param("app", chat.appId())
        .param("chat", chat.number())
        .param("numbers", numbers)
        .query(
            row -> {
              messages.put(row.getLong(1), new Content(instant(row, 2), row.getString(3)));
            });
    return messages;
  }

  /** The highest chat number in an app, 0 if it has none. */
  long highestChat(AppToken app) {
    return jdbc.sql(HIGHEST_CHAT)
        .param("token", app.value())
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** The highest message number in a chat, 0 if it has none. */
  long highestMessage(ChatName chat) {
    return jdbc.sql(HIGHEST_MESSAGE)
        .param("token", chat.app().value())
        .param("chat", chat.number())
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** A chat row to insert. */
  record NewChat(ChatKey key, long messagesCount, Instant createdAt) {}

  void insertChats(List<NewChat> chats) {
    batch(
        INSERT_CHAT,
        chats,
        (statement, chat) -> {
          statement.setLong(1, chat.key().appId());
          statement.setLong(2, chat.key().number());
          statement.setLong(3, chat.messagesCount());
          statement.setObject(4, utc(chat.createdAt()));
        });
  }

  /** A message row to insert. */
  record NewMessage(ChatKey chat, long number, String body, Instant createdAt) {}

  void insertMessages(List<NewMessage> messages) {
    batch(
        INSERT_MESSAGE,
        messages,
        (statement, message) -> {
          statement.setLong(1, message.chat().appId());
          statement.setLong(2, message.chat().number());
          statement.setLong(3, message.number());
          statement.setString(4, message.body());
          statement.setObject(5, utc(message.createdAt()));
        });
  }

  /** Adds to {@code chats_count}. */
  void addChats(SortedMap<Long, Integer> added) {
    batch(
        ADD_CHATS,
        List.copyOf(added.entrySet()),
        (statement, entry) -> {
          statement.setInt(1, entry.getValue());
          statement.setLong(2, entry.getKey());
        });
  }

  /** Adds to {@code messages_count}. Chats that get equally many messages share a statement. */
  void addMessages(SortedMap<ChatKey, Integer> added) {
    SortedMap<Integer, SortedSet<ChatKey>> chats = new TreeMap<>();
    added.forEach((key, count) -> chats.computeIfAbsent(count, _ -> new TreeSet<>()).add(key));
    chats.forEach(
        (count, keys) -> {
          Condition these = Condition.of(keys);
          jdbc.sql(ADD_MESSAGES.formatted(these.sql()))
              .param(count)
              .params(these.arguments())
              .update();
        });
  }

  /** A condition that selects the rows of these chats. */
  private record Condition(String sql, List<Object> arguments) {

    static Condition of(SortedSet<ChatKey> keys) {
      SortedMap<Long, List<Object>> numbers = new TreeMap<>();
      for (ChatKey key : keys) {
        numbers.computeIfAbsent(key.appId(), _ -> new ArrayList<>()).add(key.number());
      }
      StringJoiner sql = new StringJoiner(" OR ");
      List<Object> arguments = new ArrayList<>();
      numbers.forEach(
          (app, ofApp) -> {
            String placeholders = String.join(",", Collections.nCopies(ofApp.size(), "?"));
            sql.add(CHATS_OF_APP.formatted(placeholders));
            arguments.add(app);
            arguments.addAll(ofApp);
          });
      return new Condition(sql.toString(), arguments);
    }
  }

  @FunctionalInterface
  private interface Binder<T> {
    void bind(PreparedStatement statement, T row) throws SQLException;
  }

  private <T> void batch(String sql, List<T> rows, Binder<T> binder) {
    if (!rows.isEmpty()) {
      batches.batchUpdate(sql, rows, rows.size(), binder::bind);
    }
  }

  private static LocalDateTime utc(Instant instant) {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
  }
}

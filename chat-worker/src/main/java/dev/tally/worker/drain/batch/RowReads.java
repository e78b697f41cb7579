package dev.tally.worker.drain.batch;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The statements that lock and find rows for a batch. They run in the caller's transaction, and are
 * SQL that MySQL and MariaDB share. No result has what does not exist.
 */
@SuppressWarnings("InlineFormatString") // all statements stand on top, with those that have a %s
final class RowReads {

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

  /**
   * A part of the condition that selects chats, one for each app.
   *
   * <p>Its parameters have no names: Spring would parse, and keep, another text for each number of
   * apps. It is not a row constructor either: MySQL would read the whole index for that.
   */
  private static final String CHATS_OF_APP =
      """
      (app_id = ? AND number IN (%s))""";

  private final JdbcClient jdbc;

  RowReads(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The row of an app. No other transaction adds chats to the app before this one ends. */
  record LockedApp(long id, long chatsCount) {}

  /** The row of a chat. No other transaction adds messages to the chat before this one ends. */
  record LockedChat(long messagesCount) {}

  /** Locks the apps with these tokens, in token order, and returns them by token. */
  Map<AppToken, LockedApp> lockApps(SortedSet<AppToken> tokens) {
    Map<AppToken, LockedApp> apps = new HashMap<>();
    if (tokens.isEmpty()) {
      return apps;
    }
    jdbc.sql(LOCK_APPS)
        .param("tokens", tokens.stream().map(AppToken::value).toList())
        .query(
            row -> {
              AppToken token = new AppToken(row.getString(1));
              apps.put(token, new LockedApp(row.getLong(2), row.getLong(3)));
            });
    return apps;
  }

  /** Locks the chats with these keys, in key order. */
  Map<ChatKey, LockedChat> lockChats(SortedSet<ChatKey> keys) {
    Map<ChatKey, LockedChat> chats = new HashMap<>();
    if (keys.isEmpty()) {
      return chats;
    }
    Condition these = Condition.of(keys);
    jdbc.sql(LOCK_CHATS.formatted(these.sql()))
        .params(these.arguments())
        .query(
            row -> {
              ChatKey key = new ChatKey(row.getLong(1), row.getLong(2));
              chats.put(key, new LockedChat(row.getLong(3)));
            });
    return chats;
  }

  /**
   * Finds chats.
   *
   * @param numbers the chats' numbers, by the app's id
   */
  Map<ChatKey, Row.Chat> chats(SortedMap<Long, List<Long>> numbers) {
    Map<ChatKey, Row.Chat> chats = new HashMap<>();
    numbers.forEach(
        (app, ofApp) ->
            jdbc.sql(CHATS)
                .param("app", app)
                .param("numbers", ofApp)
                .query(
                    row -> {
                      ChatKey key = new ChatKey(app, row.getLong(1));
                      chats.put(key, new Row.Chat(key, instant(row, 2)));
                    }));
    return chats;
  }

  /**
   * Finds messages.
   *
   * @param numbers the messages' numbers, by chat
   */
  Map<MessageKey, Row.Message> messages(SortedMap<ChatKey, List<Long>> numbers) {
    Map<MessageKey, Row.Message> messages = new HashMap<>();
    numbers.forEach(
        (chat, ofChat) ->
            jdbc.sql(MESSAGES)
                .param("app", chat.appId())
                .param("chat", chat.number())
                .param("numbers", ofChat)
                .query(
                    row -> {
                      MessageKey key = new MessageKey(chat, row.getLong(1));
                      messages.put(key, new Row.Message(key, instant(row, 2), row.getString(3)));
                    }));
    return messages;
  }

  /** A condition that selects the rows of these chats. */
  record Condition(String sql, List<Object> arguments) {

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

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
  }
}

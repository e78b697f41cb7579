package dev.tally.worker.drain.batch;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.drain.change.ChatVersion;
import dev.tally.worker.drain.change.Fingerprint;
import dev.tally.worker.drain.change.MessageVersion;
import dev.tally.worker.drain.sql.Parameters;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The statements that lock and find rows for a batch. They run in the caller's transaction, and are
 * SQL that MySQL and MariaDB share. No result has what does not exist.
 *
 * <p>Each statement takes the keys of its rows as one JSON array, and looks every key up by a
 * unique index, in the order of the array. Such a plan locks exactly the rows that the batch names.
 * With an {@code IN} list of many keys, the optimizer prefers to scan the table, and {@code FOR
 * UPDATE} then waits for rows of other partitions.
 *
 * <p>Where rows are locked, the array is in a subquery: MySQL refuses {@code FOR UPDATE} beside a
 * table function.
 */
final class RowReads {

  private static final String LOCK_APPS =
      """
      SELECT apps.token, apps.id, apps.chats_count, apps.deleted_at
      FROM (SELECT token FROM JSON_TABLE(?, '$[*]' COLUMNS (
              token VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin PATH '$')) AS named
           ) AS wanted
      STRAIGHT_JOIN apps FORCE INDEX (apps_token) ON apps.token = wanted.token
      FOR UPDATE""";

  private static final String LOCK_CHATS =
      """
      SELECT chats.app_id, chats.number, chats.messages_count, chats.changes_count,
             chats.pending_count, chats.deleted_at IS NOT NULL
      FROM (SELECT app_id, number FROM JSON_TABLE(?, '$[*]' COLUMNS (
              app_id BIGINT PATH '$[0]', number BIGINT PATH '$[1]')) AS named
           ) AS wanted
      STRAIGHT_JOIN chats FORCE INDEX (PRIMARY)
        ON chats.app_id = wanted.app_id AND chats.number = wanted.number
      FOR UPDATE""";

  private static final String CHATS =
      """
      SELECT chats.app_id, chats.number, chats.created_at, chats.name, chats.metadata,
             chats.revision, chats.edited_at, chats.deleted_at, chats.lost_at,
             chats.created_fingerprint
      FROM JSON_TABLE(?, '$[*]' COLUMNS (
             app_id BIGINT PATH '$[0]', number BIGINT PATH '$[1]')) AS wanted
      STRAIGHT_JOIN chats FORCE INDEX (PRIMARY)
        ON chats.app_id = wanted.app_id AND chats.number = wanted.number""";

  private static final String MESSAGES =
      """
      SELECT messages.app_id, messages.chat_number, messages.number, messages.created_at,
             messages.body, messages.author, messages.metadata, messages.reply_to,
             messages.revision, messages.edited_at, messages.deleted_at, messages.lost_at,
             messages.created_fingerprint
      FROM JSON_TABLE(?, '$[*]' COLUMNS (
             app_id BIGINT PATH '$[0]', chat_number BIGINT PATH '$[1]',
             number BIGINT PATH '$[2]')) AS wanted
      STRAIGHT_JOIN messages FORCE INDEX (PRIMARY)
        ON messages.app_id = wanted.app_id AND messages.chat_number = wanted.chat_number
        AND messages.number = wanted.number""";

  private final JdbcClient jdbc;

  RowReads(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * The row of an app. No other transaction adds chats to the app, or deletes it, before this one
   * ends.
   */
  record LockedApp(long id, long chatsCount, boolean deleted) {}

  /**
   * The row of a chat. No other transaction adds or changes messages of the chat before this one
   * ends.
   */
  record LockedChat(long messagesCount, long changesCount, long pendingCount, boolean isDeleted) {

    /** A chat that has no row yet. */
    static final LockedChat NONE = new LockedChat(0, 0, 0, false);

    static LockedChat of(ChatKey key, Map<ChatKey, LockedChat> locked) {
      return locked.getOrDefault(key, NONE);
    }
  }

  /** Locks the apps with these tokens, in token order, and returns them by token. */
  Map<AppToken, LockedApp> lockApps(SortedSet<AppToken> tokens) {
    Map<AppToken, LockedApp> apps = new HashMap<>();
    if (tokens.isEmpty()) {
      return apps;
    }
    jdbc.sql(LOCK_APPS)
        .param(Parameters.array(tokens.stream().map(AppToken::value).toList()))
        .query(
            row -> {
              AppToken token = new AppToken(row.getString(1));
              apps.put(
                  token, new LockedApp(row.getLong(2), row.getLong(3), row.getObject(4) != null));
            });
    return apps;
  }

  /** Locks the chats with these keys, in key order. */
  Map<ChatKey, LockedChat> lockChats(SortedSet<ChatKey> keys) {
    Map<ChatKey, LockedChat> chats = new HashMap<>();
    if (keys.isEmpty()) {
      return chats;
    }
    jdbc.sql(LOCK_CHATS)
        .param(
            Parameters.array(keys.stream().map(key -> List.of(key.appId(), key.number())).toList()))
        .query(
            row -> {
              chats.put(
                  chatKey(row),
                  new LockedChat(
                      row.getLong(3), row.getLong(4), row.getLong(5), row.getBoolean(6)));
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
    if (numbers.isEmpty()) {
      return chats;
    }
    List<List<Long>> keys = new ArrayList<>();
    numbers.forEach((app, ofApp) -> ofApp.forEach(number -> keys.add(List.of(app, number))));
    jdbc.sql(CHATS)
        .param(Parameters.array(keys))
        .query(
            row -> {
              ChatKey key = chatKey(row);
              ChatVersion version =
                  new ChatVersion(
                      new ChatContent(row.getString(4), row.getString(5)),
                      row.getLong(6),
                      instantIfThere(row, 7),
                      instantIfThere(row, 8),
                      row.getObject(9) != null);
              chats.put(
                  key, new Row.Chat(key, instant(row, 3), version, fingerprintIfThere(row, 10)));
            });
    return chats;
  }

  /**
   * Finds messages.
   *
   * @param numbers the messages' numbers, by chat
   */
  Map<MessageKey, Row.Message> messages(SortedMap<ChatKey, List<Long>> numbers) {
    Map<MessageKey, Row.Message> messages = new HashMap<>();
    if (numbers.isEmpty()) {
      return messages;
    }
    jdbc.sql(MESSAGES)
        .param(Parameters.keys(numbers))
        .query(
            row -> {
              MessageKey key = new MessageKey(chatKey(row), row.getLong(3));
              messages.put(
                  key,
                  new Row.Message(key, instant(row, 4), version(row), fingerprintIfThere(row, 13)));
            });
    return messages;
  }

  /** The key in the first two columns. */
  private static ChatKey chatKey(ResultSet row) throws SQLException {
    return new ChatKey(row.getLong(1), row.getLong(2));
  }

  /** The version in the columns from the fifth on. */
  private static MessageVersion version(ResultSet row) throws SQLException {
    MessageContent content =
        new MessageContent(
            row.getString(5), row.getString(6), row.getString(7), row.getObject(8, Long.class));
    return new MessageVersion(
        content,
        row.getLong(9),
        instantIfThere(row, 10),
        instantIfThere(row, 11),
        row.getObject(12) != null);
  }

  private static @Nullable Fingerprint fingerprintIfThere(ResultSet row, int column)
      throws SQLException {
    byte[] bytes = row.getBytes(column);
    return bytes == null ? null : Fingerprint.of(bytes);
  }

  private static @Nullable Instant instantIfThere(ResultSet row, int column) throws SQLException {
    return row.getObject(column) == null ? null : instant(row, column);
  }

  private static Instant instant(ResultSet row, int column) throws SQLException {
    return row.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
  }
}

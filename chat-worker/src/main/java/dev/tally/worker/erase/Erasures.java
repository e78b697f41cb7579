package dev.tally.worker.erase;

import dev.tally.common.identity.AppToken;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code erasures}: what is to be erased. Whoever deletes a chat or an app adds its row
 * in the same transaction. A row goes when nothing is left.
 */
@Component
public class Erasures {

  private static final String COLUMNS =
      """
      SELECT e.app_id, e.chat_number, e.message_number, CONVERT(e.author USING utf8mb4), a.token,
             e.requested_at, e.seen_chat, e.seen_message, e.seen_change, e.rows_erased_at
      FROM erasures e JOIN apps a ON a.id = e.app_id
      WHERE\s""";

  private static final String DUE =
      COLUMNS
          + """
          (e.app_id > :app OR (e.app_id = :app AND
              (e.chat_number > :chat OR (e.chat_number = :chat AND
                (e.message_number > :message OR
                  (e.message_number = :message AND e.author > :author))))))
            AND (e.rows_erased_at IS NULL
              OR e.rows_erased_at <= UTC_TIMESTAMP(6) - INTERVAL :settle MICROSECOND)
          ORDER BY e.app_id, e.chat_number, e.message_number, e.author
          LIMIT :limit""";

  private static final String LOOKED =
      """
      UPDATE erasures SET rows_erased_at = UTC_TIMESTAMP(6)
      WHERE app_id = :app AND chat_number = :chat AND message_number = :message
        AND author = :author""";

  private static final String LOOK_AGAIN =
      """
      UPDATE erasures SET rows_erased_at = NULL
      WHERE app_id = :app AND chat_number = :chat AND message_number = :message
        AND author = :author""";

  private static final String SEEN =
      """
      UPDATE erasures SET seen_chat = :seenChat, seen_message = :seenMessage
      WHERE app_id = :app AND chat_number = :chat AND message_number = :message
        AND author = :author
        AND requested_at = :requestedAt""";

  private static final String BLANKED =
      """
      UPDATE erasures SET seen_change = :seenChange
      WHERE app_id = :app AND chat_number = :chat AND message_number = :message
        AND author = :author""";

  /** An erasure of an author that was requested again begins anew. */
  private static final String REMOVE =
      """
      DELETE FROM erasures
      WHERE app_id = :app AND chat_number = :chat AND message_number = :message
        AND author = :author
        AND requested_at = :requestedAt""";

  private static final String REMOVE_OTHERS =
      """
      DELETE FROM erasures WHERE app_id = :app AND (chat_number <> 0 OR author <> '')""";

  private static final String REQUEST =
      """
      INSERT INTO erasures (app_id, chat_number, author, requested_at)
      SELECT id, 0, :author, :until FROM apps
      WHERE token = :token AND deleted_at IS NULL
      ON DUPLICATE KEY UPDATE
        requested_at = GREATEST(requested_at + INTERVAL 1 MICROSECOND, :until),
        seen_chat = 0, seen_message = 0""";

  private static final String NOW =
      """
      SELECT UTC_TIMESTAMP(6)""";

  private static final String ONE =
      COLUMNS
          + """
          a.token = :token AND e.chat_number = :chat AND e.message_number = 0
            AND e.author = :author""";

  private static final String SIZE =
      """
      SELECT COUNT(*) FROM erasures""";

  private final JdbcClient jdbc;

  Erasures(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Erasures after a key, in key order, without those that wait for what may come late. */
  List<Erasure> due(Erasure.Key after, Duration settle, int limit) {
    return jdbc.sql(DUE)
        .param("app", after.appId())
        .param("chat", after.chat())
        .param("message", after.message())
        .param("author", after.author())
        .param("settle", settle.toNanos() / 1_000)
        .param("limit", limit)
        .query(Erasures::erasure)
        .list();
  }

  /** Records that a pass has left nothing. Another one comes after a while. */
  void looked(Erasure.Key key) {
    update(LOOKED, key).update();
  }

  /** Records that there was something. */
  void lookAgain(Erasure.Key key) {
    update(LOOK_AGAIN, key).update();
  }

  /** Records how far the app's messages have been looked through. */
  void seen(Erasure erasure, long chat, long message) {
    update(SEEN, erasure.key())
        .param("seenChat", chat)
        .param("seenMessage", message)
        .param("requestedAt", erasure.requestedAt())
        .update();
  }

  /** Records the last change of a message that was blanked. */
  void blanked(Erasure erasure, long change) {
    update(BLANKED, erasure.key()).param("seenChange", change).update();
  }

  /** Ends an erasure. */
  void remove(Erasure erasure) {
    update(REMOVE, erasure.key()).param("requestedAt", erasure.requestedAt()).update();
  }

  /** Ends the erasures of an app's chats and authors: the app itself is erased. */
  void removeOthers(long appId) {
    jdbc.sql(REMOVE_OTHERS).param("app", appId).update();
  }

  /** The time, by MySQL's clock. */
  public LocalDateTime now() {
    return jdbc.sql(NOW).query((row, _) -> row.getObject(1, LocalDateTime.class)).single();
  }

  /**
   * Adds the erasure of what an author wrote in an app until a time, or begins it anew.
   *
   * @return false if there is no such app, or it is deleted
   */
  public boolean request(AppToken app, String author, LocalDateTime until) {
    return jdbc.sql(REQUEST)
            .param("author", author)
            .param("token", app.value())
            .param("until", until)
            .update()
        > 0;
  }

  /**
   * How far an erasure is, in words; empty if it has ended, or there was none.
   *
   * @param chat 0 for all chats of the app
   * @param author empty for all authors
   */
  public Optional<String> progress(AppToken app, long chat, String author) {
    return jdbc.sql(ONE)
        .param("token", app.value())
        .param("chat", chat)
        .param("author", author)
        .query(Erasures::erasure)
        .optional()
        .map(Erasures::progress);
  }

  private static String progress(Erasure erasure) {
    if (erasure.isOfAuthor()) {
      return erasure.seenChat() == 0
          ? "waiting for a worker"
          : "looked through the messages up to chat %d message %d"
              .formatted(erasure.seenChat(), erasure.seenMessage());
    }
    return erasure.isLooked()
        ? "nothing is left; a worker looks again for what comes late"
        : "rows, documents and records are being erased";
  }

  /** The number of erasures that have not ended. */
  public long size() {
    return jdbc.sql(SIZE).query(Long.class).single();
  }

  private JdbcClient.StatementSpec update(String sql, Erasure.Key key) {
    return jdbc.sql(sql)
        .param("app", key.appId())
        .param("chat", key.chat())
        .param("message", key.message())
        .param("author", key.author());
  }

  private static Erasure erasure(ResultSet row, int index) throws SQLException {
    return new Erasure(
        new Erasure.Key(row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4)),
        new AppToken(row.getString(5)),
        row.getObject(6, LocalDateTime.class),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9),
        row.getObject(10, LocalDateTime.class));
  }
}

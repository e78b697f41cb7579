package dev.tally.worker.restore;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.NumberRange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Writes rows in place of what is gone for good: the number stays given out, and what stood there
 * is lost. The statements run in the caller's transaction, which must read what others have
 * committed. They lock the parent's row, as the transaction of a batch does, so counts stay right.
 *
 * <p>A deleted app or chat gets none: its rows are erased, and nobody gets its numbers.
 */
@Component
public final class VoidRows {

  private static final String LOCK_APP =
      """
      SELECT chats_count FROM apps WHERE id = :app AND deleted_at IS NULL FOR UPDATE""";

  private static final String CHATS_FROM =
      """
      SELECT number FROM chats WHERE app_id = :app AND number BETWEEN :first AND :last""";

  private static final String INSERT_CHAT =
      """
      INSERT INTO chats (app_id, number, created_at, lost_at)
      VALUES (?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))""";

  private static final String ADD_CHATS =
      """
      UPDATE apps SET chats_count = chats_count + :added WHERE id = :app""";

  private static final String LOCK_CHAT =
      """
      SELECT c.messages_count
      FROM apps a STRAIGHT_JOIN chats c ON c.app_id = a.id AND c.number = :chat
      WHERE a.id = :app AND a.deleted_at IS NULL AND c.deleted_at IS NULL
      FOR UPDATE""";

  private static final String MESSAGES_FROM =
      """
      SELECT number FROM messages
      WHERE app_id = :app AND chat_number = :chat AND number BETWEEN :first AND :last""";

  private static final String INSERT_MESSAGE =
      """
      INSERT INTO messages (app_id, chat_number, number, body, created_at, lost_at)
      VALUES (?, ?, ?, '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))""";

  private static final String ADD_MESSAGES =
      """
      UPDATE chats SET messages_count = messages_count + :added
      WHERE app_id = :app AND number = :chat""";

  private static final String SETTLE_CHANGES =
      """
      UPDATE changes
      JOIN messages
        ON messages.app_id = changes.app_id AND messages.chat_number = changes.chat_number
        AND messages.number = changes.message_number
      SET changes.effect = 'none', changes.job = NULL
      WHERE changes.app_id = :app AND changes.chat_number = :chat
        AND changes.message_number BETWEEN :first AND :last
        AND changes.effect = 'pending' AND messages.lost_at IS NOT NULL""";

  private static final String SUBTRACT_PENDING =
      """
      UPDATE chats SET pending_count = pending_count - :settled
      WHERE app_id = :app AND number = :chat""";

  private static final String CHANGES_FROM =
      """
      SELECT number FROM changes
      WHERE app_id = :app AND chat_number = :chat AND number BETWEEN :first AND :last""";

  private static final String INSERT_CHANGE =
      """
      INSERT INTO changes (app_id, chat_number, number, effect, fingerprint, created_at)
      VALUES (?, ?, ?, 'lost', REPEAT(CHAR(0), 16), UTC_TIMESTAMP(6))""";

  private static final String ADD_CHANGES =
      """
      UPDATE chats SET changes_count = changes_count + :added
      WHERE app_id = :app AND number = :chat""";

  private final JdbcClient jdbc;
  private final JdbcTemplate batches;

  VoidRows(JdbcClient jdbc, JdbcTemplate batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  /**
   * Fills numbers of an app's chats that have no row. Adds none if the app is deleted.
   *
   * @param except numbers that stay free
   * @return how many void rows were added
   */
  public int addChats(long app, NumberRange numbers, Set<Long> except) {
    if (jdbc.sql(LOCK_APP).param("app", app).query(Long.class).optional().isEmpty()) {
      return 0;
    }
    List<Long> missing =
        missing(
            numbers,
            except,
            jdbc.sql(CHATS_FROM)
                .param("app", app)
                .param("first", numbers.first())
                .param("last", numbers.last())
                .query((row, _) -> row.getLong(1))
                .list());
    batches.batchUpdate(
        INSERT_CHAT, missing.stream().map(number -> new Object[] {app, number}).toList());
    jdbc.sql(ADD_CHATS).param("added", missing.size()).param("app", app).update();
    return missing.size();
  }

  /**
   * Fills numbers of a chat's messages that have no row. Changes that waited for one of them have
   * no effect any more. Adds none if the chat has no row itself, or is deleted.
   *
   * @param except numbers that stay free
   * @return how many void rows were added
   */
  public int addMessages(ChatKey chat, NumberRange numbers, Set<Long> except) {
    int added = add(chat, numbers, except, MESSAGES_FROM, INSERT_MESSAGE, ADD_MESSAGES);
    if (added > 0) {
      settleChanges(chat, numbers);
    }
    return added;
  }

  private void settleChanges(ChatKey chat, NumberRange messages) {
    int settled =
        jdbc.sql(SETTLE_CHANGES)
            .param("app", chat.appId())
            .param("chat", chat.number())
            .param("first", messages.first())
            .param("last", messages.last())
            .update();
    if (settled > 0) {
      jdbc.sql(SUBTRACT_PENDING)
          .param("settled", settled)
          .param("app", chat.appId())
          .param("chat", chat.number())
          .update();
    }
  }

  /**
   * Fills numbers of a chat's changes that have no row. Adds none if the chat has no row itself, or
   * is deleted.
   *
   * @param except numbers that stay free
   * @return how many void rows were added
   */
  public int addChanges(ChatKey chat, NumberRange numbers, Set<Long> except) {
    return add(chat, numbers, except, CHANGES_FROM, INSERT_CHANGE, ADD_CHANGES);
  }

  private int add(
      ChatKey chat,
      NumberRange numbers,
      Set<Long> except,
      String rowsFrom,
      String insert,
      String addToCount) {
    if (jdbc.sql(LOCK_CHAT)
        .param("app", chat.appId())
        .param("chat", chat.number())
        .query(Long.class)
        .optional()
        .isEmpty()) {
      return 0;
    }
    List<Long> missing =
        missing(
            numbers,
            except,
            jdbc.sql(rowsFrom)
                .param("app", chat.appId())
                .param("chat", chat.number())
                .param("first", numbers.first())
                .param("last", numbers.last())
                .query((row, _) -> row.getLong(1))
                .list());
    batches.batchUpdate(
        insert,
        missing.stream()
            .map(number -> new Object[] {chat.appId(), chat.number(), number})
            .toList());
    jdbc.sql(addToCount)
        .param("added", missing.size())
        .param("app", chat.appId())
        .param("chat", chat.number())
        .update();
    return missing.size();
  }

  private static List<Long> missing(NumberRange numbers, Set<Long> except, List<Long> persisted) {
    Set<Long> there = new HashSet<>(persisted);
    return LongStream.rangeClosed(numbers.first(), numbers.last())
        .filter(number -> !there.contains(number) && !except.contains(number))
        .boxed()
        .toList();
  }
}

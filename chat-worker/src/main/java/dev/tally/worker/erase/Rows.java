package dev.tally.worker.erase;

import dev.tally.common.identity.ChatKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Erases rows of a deleted chat or app, some in each transaction. A transaction locks the row of
 * what is deleted, as one that persists jobs does, and before the rows that belong to it.
 */
@Component
class Rows {

  /** Most rows in a transaction. */
  static final int STEP = 1_000;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private static final String LOCK_CHAT =
      """
      SELECT deleted_at IS NOT NULL FROM chats WHERE app_id = :app AND number = :chat FOR UPDATE""";

  private static final String LOCK_APP =
      """
      SELECT deleted_at IS NOT NULL FROM apps WHERE id = :app FOR UPDATE""";

  private static final String MESSAGES_OF_CHAT =
      """
      DELETE FROM messages WHERE app_id = :app AND chat_number = :chat
      ORDER BY number LIMIT :limit""";

  private static final String MESSAGES_OF_APP =
      """
      DELETE FROM messages WHERE app_id = :app ORDER BY chat_number, number LIMIT :limit""";

  private static final String CHANGES_OF_CHAT =
      """
      DELETE FROM changes WHERE app_id = :app AND chat_number = :chat
      ORDER BY number LIMIT :limit""";

  private static final String CHANGES_OF_APP =
      """
      DELETE FROM changes WHERE app_id = :app ORDER BY chat_number, number LIMIT :limit""";

  private static final String OUTBOX_OF_CHAT =
      """
      SELECT id FROM search_outbox
      WHERE partition_number = :partition AND app_id = :app AND chat_number = :chat
      LIMIT :limit""";

  private static final String OUTBOX_OF_APP =
      """
      SELECT id FROM search_outbox
      WHERE partition_number = :partition AND app_id = :app LIMIT :limit""";

  /** By its id: a search for rows would lock those of others. MySQL may give an id out again. */
  private static final String OUTBOX =
      """
      DELETE FROM search_outbox WHERE id IN (:ids) AND app_id = :app""";

  private static final String CHATS =
      """
      DELETE FROM chats WHERE app_id = :app ORDER BY number LIMIT :limit""";

  private static final String NAME =
      """
      UPDATE apps SET name = '' WHERE id = :app AND name <> ''""";

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  Rows(JdbcClient jdbc, PlatformTransactionManager transactions) {
    this.jdbc = jdbc;
    this.transaction = transaction(transactions);
  }

  /** The transaction of a step. */
  static TransactionTemplate transaction(PlatformTransactionManager transactions) {
    TransactionTemplate transaction = new TransactionTemplate(transactions);
    // Gap locks would only block the drain.
    transaction.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    transaction.setTimeout((int) TIMEOUT.toSeconds());
    return transaction;
  }

  /** How many rows are gone. */
  record Erased(int messages, int changes, int outbox, int chats) {

    boolean isNothing() {
      return messages + changes + outbox + chats == 0;
    }
  }

  /**
   * Erases some of a chat's rows; all but the chat's own.
   *
   * @return empty if the chat is not deleted; nothing is erased then
   */
  Optional<Erased> eraseChat(ChatKey chat) {
    Map<String, Object> key = Map.of("app", chat.appId(), "chat", chat.number());
    return transaction.execute(
        _ -> {
          if (!isLockedAndDeleted(LOCK_CHAT, key)) {
            return Optional.empty();
          }
          int messages = delete(MESSAGES_OF_CHAT, key, STEP);
          int changes = delete(CHANGES_OF_CHAT, key, STEP - messages);
          return Optional.of(new Erased(messages, changes, 0, 0));
        });
  }

  /**
   * Erases some of an app's rows, and its name; all but the app's own. The chats go last, so that
   * nothing is ever without its chat.
   *
   * @return empty if the app is not deleted; nothing is erased then
   */
  Optional<Erased> eraseApp(long app) {
    Map<String, Object> key = Map.of("app", app);
    return transaction.execute(
        _ -> {
          if (!isLockedAndDeleted(LOCK_APP, key)) {
            return Optional.empty();
          }
          jdbc.sql(NAME).params(key).update();
          int messages = delete(MESSAGES_OF_APP, key, STEP);
          int changes = delete(CHANGES_OF_APP, key, STEP - messages);
          int chats = delete(CHATS, key, STEP - messages - changes);
          return Optional.of(new Erased(messages, changes, 0, chats));
        });
  }

  /**
   * Erases rows of a chat, or of an app if it is null, from the search outbox: without a lock,
   * because the statement looks through the partition's.
   */
  Erased eraseOutbox(int partition, long app, @Nullable Long chat) {
    int gone =
        Objects.requireNonNull(
            transaction.execute(
                _ ->
                    chat == null
                        ? outbox(OUTBOX_OF_APP, Map.of("app", app), partition)
                        : outbox(OUTBOX_OF_CHAT, Map.of("app", app, "chat", chat), partition)));
    return new Erased(0, 0, gone, 0);
  }

  private boolean isLockedAndDeleted(String lock, Map<String, Object> key) {
    return jdbc.sql(lock).params(key).query(Boolean.class).optional().orElse(false);
  }

  private int delete(String sql, Map<String, Object> key, int limit) {
    return limit == 0 ? 0 : jdbc.sql(sql).params(key).param("limit", limit).update();
  }

  private int outbox(String select, Map<String, Object> key, int partition) {
    List<Long> ids =
        jdbc.sql(select)
            .params(key)
            .param("partition", partition)
            .param("limit", STEP)
            .query((row, _) -> row.getLong(1))
            .list();
    return ids.isEmpty() ? 0 : jdbc.sql(OUTBOX).params(key).param("ids", ids).update();
  }
}

package dev.tally.worker.drain.batch;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.drain.sql.Batches;
import dev.tally.worker.drain.sql.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The statements that insert the rows of a batch and add to the counts. They run in the caller's
 * transaction, and are SQL that MySQL and MariaDB share.
 */
final class RowWrites {

  private static final String INSERT_CHAT =
      """
      INSERT INTO chats (app_id, number, messages_count, created_at, name, metadata)
      VALUES (?, ?, ?, ?, ?, ?)""";

  private static final String INSERT_MESSAGE =
      """
      INSERT INTO messages
        (app_id, chat_number, number, body, created_at, author, metadata, reply_to)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String ADD_CHATS =
      """
      UPDATE apps SET chats_count = chats_count + ? WHERE id = ?""";

  private static final String ADD_MESSAGES =
      """
      UPDATE JSON_TABLE(?, '$[*]' COLUMNS (
               app_id BIGINT PATH '$[0]', number BIGINT PATH '$[1]',
               messages BIGINT PATH '$[2]')) AS added
      STRAIGHT_JOIN chats FORCE INDEX (PRIMARY)
        ON chats.app_id = added.app_id AND chats.number = added.number
      SET chats.messages_count = chats.messages_count + added.messages""";

  private final JdbcClient jdbc;
  private final Batches batches;

  RowWrites(JdbcClient jdbc, Batches batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  void insertChats(List<BatchPlan.NewChat> chats) {
    batches.run(
        INSERT_CHAT,
        chats,
        (statement, chat) -> {
          statement.setLong(1, chat.row().key().appId());
          statement.setLong(2, chat.row().number());
          statement.setLong(3, chat.messagesCount());
          statement.setObject(4, Parameters.utc(chat.row().createdAt()));
          statement.setString(5, chat.row().version().content().name());
          statement.setString(6, chat.row().version().content().metadata());
        });
  }

  void insertMessages(List<Row.Message> messages) {
    batches.run(
        INSERT_MESSAGE,
        messages,
        (statement, message) -> {
          statement.setLong(1, message.key().chat().appId());
          statement.setLong(2, message.key().chat().number());
          statement.setLong(3, message.number());
          MessageContent content = message.version().content();
          statement.setString(4, content.body());
          statement.setObject(5, Parameters.utc(message.createdAt()));
          statement.setString(6, content.author());
          statement.setString(7, content.metadata());
          statement.setObject(8, content.replyTo());
        });
  }

  /** Adds to {@code chats_count}, by the id of the app. */
  void addChats(Map<Long, Integer> added) {
    batches.run(
        ADD_CHATS,
        added.entrySet(),
        (statement, entry) -> {
          statement.setInt(1, entry.getValue());
          statement.setLong(2, entry.getKey());
        });
  }

  /** Adds to {@code messages_count}. */
  void addMessages(Map<ChatKey, Integer> added) {
    if (added.isEmpty()) {
      return;
    }
    List<List<Number>> amounts = new ArrayList<>();
    added.forEach((key, count) -> amounts.add(List.of(key.appId(), key.number(), count)));
    jdbc.sql(ADD_MESSAGES).param(Parameters.array(amounts)).update();
  }
}

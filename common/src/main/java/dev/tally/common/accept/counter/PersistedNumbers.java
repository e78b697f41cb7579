package dev.tally.common.accept.counter;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The two questions that accepting asks MySQL: does a parent exist, and which is the highest number
 * persisted in it.
 */
final class PersistedNumbers {

  private static final String HIGHEST_CHAT =
      """
      SELECT (SELECT MAX(c.number) FROM chats c WHERE c.app_id = a.id) AS highest
      FROM apps a
      WHERE a.token = :token""";

  private static final String HIGHEST_MESSAGE =
      """
      SELECT c.number AS chat, c.deleted_at,
             (SELECT MAX(m.number) FROM messages m
              WHERE m.app_id = a.id AND m.chat_number = c.number) AS highest
      FROM apps a
      LEFT JOIN chats c ON c.app_id = a.id AND c.number = :chat
      WHERE a.token = :token""";

  private static final String HIGHEST_CHANGE =
      """
      SELECT c.number AS chat, c.deleted_at,
             (SELECT MAX(h.number) FROM changes h
              WHERE h.app_id = a.id AND h.chat_number = c.number) AS highest
      FROM apps a
      LEFT JOIN chats c ON c.app_id = a.id AND c.number = :chat
      WHERE a.token = :token""";

  private final JdbcClient jdbc;

  PersistedNumbers(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  sealed interface Answer {}

  /** The parent exists. The number is the highest one persisted in it, 0 if there is none yet. */
  record Highest(long number) implements Answer {}

  /** The part of the parent that does not exist, or not any more. */
  enum Absent implements Answer {
    APP,
    CHAT,
    DELETED_CHAT
  }

  /**
   * Asks for a parent and its highest number.
   *
   * @throws org.springframework.dao.DataAccessException if MySQL does not answer
   */
  Answer highest(Parent parent) {
    return switch (parent) {
      case Parent.App(AppToken app) ->
          first(
              jdbc.sql(HIGHEST_CHAT)
                  .param("token", app.value())
                  .query((row, _) -> (Answer) new Highest(row.getLong("highest")))
                  .list());
      case Parent.Chat(ChatName chat) -> highest(HIGHEST_MESSAGE, chat);
      case Parent.Changes(ChatName chat) -> highest(HIGHEST_CHANGE, chat);
    };
  }

  private Answer highest(String sql, ChatName chat) {
    return first(
        jdbc.sql(sql)
            .param("chat", chat.number())
            .param("token", chat.app().value())
            .query((row, _) -> answer(row))
            .list());
  }

  private static Answer answer(ResultSet row) throws SQLException {
    if (row.getObject("chat") == null) {
      return Absent.CHAT;
    }
    return row.getObject("deleted_at") == null
        ? new Highest(row.getLong("highest"))
        : Absent.DELETED_CHAT;
  }

  private static Answer first(List<? extends @Nullable Answer> rows) {
    Answer answer = rows.isEmpty() ? null : rows.getFirst();
    return answer == null ? Absent.APP : answer;
  }
}

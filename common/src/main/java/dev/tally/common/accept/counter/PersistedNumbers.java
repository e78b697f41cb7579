package dev.tally.common.accept.counter;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.web.problem.ProblemException;
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

  /**
   * MariaDB has no {@code FOR SHARE}. The id alone would be read from the index of tokens, and only
   * that would be locked.
   */
  private static final String SHARE_APP =
      """
      SELECT deleted_at FROM apps WHERE token = :token LOCK IN SHARE MODE""";

  private static final String HIGHEST_CHAT =
      """
      SELECT a.deleted_at, (SELECT MAX(c.number) FROM chats c WHERE c.app_id = a.id) AS highest
      FROM apps a
      WHERE a.token = :token""";

  private static final String HIGHEST_MESSAGE =
      """
      SELECT a.deleted_at AS app_deleted_at, c.number AS chat, c.deleted_at,
             (SELECT MAX(m.number) FROM messages m
              WHERE m.app_id = a.id AND m.chat_number = c.number) AS highest
      FROM apps a
      LEFT JOIN chats c ON c.app_id = a.id AND c.number = :chat
      WHERE a.token = :token""";

  private static final String HIGHEST_CHANGE =
      """
      SELECT a.deleted_at AS app_deleted_at, c.number AS chat, c.deleted_at,
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
    DELETED_APP,
    CHAT,
    DELETED_CHAT;

    /** The answer to whoever writes to it. */
    ProblemException problem() {
      return switch (this) {
        case APP -> ProblemException.appNotFound();
        case DELETED_APP -> ProblemException.appDeleted();
        case CHAT -> ProblemException.chatNotFound();
        case DELETED_CHAT -> ProblemException.chatDeleted();
      };
    }
  }

  /**
   * Waits for whoever is deleting the app, and keeps others from it until the transaction ends.
   *
   * @throws org.springframework.dao.DataAccessException if MySQL does not answer
   */
  void keep(AppToken app) {
    jdbc.sql(SHARE_APP).param("token", app.value()).query().listOfRows();
  }

  /**
   * Asks for a parent and its highest number.
   *
   * @throws org.springframework.dao.DataAccessException if MySQL does not answer
   */
  Answer highest(Parent parent) {
    return switch (parent) {
      case Parent.App(AppToken app) -> highest(app);
      case Parent.Unnumbered(AppToken app) -> highest(app);
      case Parent.Chat(ChatName chat) -> highest(HIGHEST_MESSAGE, chat);
      case Parent.Changes(ChatName chat) -> highest(HIGHEST_CHANGE, chat);
    };
  }

  private Answer highest(AppToken app) {
    return first(
        jdbc.sql(HIGHEST_CHAT)
            .param("token", app.value())
            .query(
                (row, _) ->
                    row.getObject("deleted_at") != null
                        ? Absent.DELETED_APP
                        : new Highest(row.getLong("highest")))
            .list());
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
    if (row.getObject("app_deleted_at") != null) {
      return Absent.DELETED_APP;
    }
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

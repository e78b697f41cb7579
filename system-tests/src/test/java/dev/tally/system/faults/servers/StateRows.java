package dev.tally.system.faults.servers;

import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

/** Reads all rows of MySQL. */
final class StateRows {

  private static final String APPS = "SELECT id, token, name, chats_count FROM apps";

  private static final String CHATS =
      "SELECT app_id, number, messages_count, changes_count, deleted_count, lost_at FROM chats";

  private static final String MESSAGES =
      """
      SELECT app_id, chat_number, number, author, body, COALESCE(revision, 0), edited_at, deleted_at,
             lost_at
      FROM messages
      WHERE (app_id = ? AND chat_number = ? AND number > ?)
         OR (app_id = ? AND chat_number > ?)
         OR app_id > ?
      ORDER BY app_id, chat_number, number
      LIMIT ?\
      """;

  private static final String CHANGES =
      """
      SELECT app_id, chat_number, number, COALESCE(message_number, 0), kind, effect, author, body
      FROM changes
      WHERE (app_id = ? AND chat_number = ? AND number > ?)
         OR (app_id = ? AND chat_number > ?)
         OR app_id > ?
      ORDER BY app_id, chat_number, number
      LIMIT ?\
      """;

  private static final int PAGE = 5_000;

  private final Connection connection;
  private final State state;
  private final Map<Long, String> tokens = new HashMap<>();

  private StateRows(Connection connection, State state) {
    this.connection = connection;
    this.state = state;
  }

  /**
   * Adds all rows to a state.
   *
   * @return the tokens by application id
   */
  static Map<Long, String> read(Connection connection, State state) throws SQLException {
    StateRows rows = new StateRows(connection, state);
    rows.readParents();
    rows.readPages(MESSAGES, rows::addMessage);
    rows.readPages(CHANGES, rows::addChange);
    return rows.tokens;
  }

  private void readParents() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery(APPS)) {
        while (row.next()) {
          tokens.put(row.getLong(1), row.getString(2));
          state.apps().put(row.getString(2), new State.App(row.getString(3), row.getLong(4)));
        }
      }
      try (ResultSet row = statement.executeQuery(CHATS)) {
        while (row.next()) {
          Parent.Chat chat = chat(row);
          state.chats().put(chat, row.getLong(3));
          state.changeCounts().put(chat, new State.Counts(row.getLong(4), row.getLong(5)));
          if (row.getTimestamp(6) != null) {
            state.voidChats().add(chat);
          }
        }
      }
    }
  }

  /** What becomes of a row. */
  @FunctionalInterface
  private interface Row {
    void add(ResultSet row) throws SQLException;
  }

  /**
   * @param statement its rows begin with the columns of their key
   */
  private void readPages(String statement, Row add) throws SQLException {
    try (PreparedStatement page = connection.prepareStatement(statement)) {
      long app = 0;
      long chat = 0;
      long number = 0;
      int size = PAGE;
      while (size == PAGE) {
        page.setLong(1, app);
        page.setLong(2, chat);
        page.setLong(3, number);
        page.setLong(4, app);
        page.setLong(5, chat);
        page.setLong(6, app);
        page.setInt(7, PAGE);
        size = 0;
        try (ResultSet row = page.executeQuery()) {
          while (row.next()) {
            app = row.getLong(1);
            chat = row.getLong(2);
            number = row.getLong(3);
            add.add(row);
            size++;
          }
        }
      }
    }
  }

  private void addMessage(ResultSet row) throws SQLException {
    boolean isVoid = row.getTimestamp(9) != null;
    String author = row.getString(4);
    state
        .messages()
        .computeIfAbsent(chat(row), _ -> new ArrayList<>())
        .add(
            new State.Message(
                row.getLong(3),
                author == null ? "" : author,
                row.getString(5),
                isVoid,
                row.getLong(6),
                row.getTimestamp(7) != null,
                row.getTimestamp(8) != null));
  }

  private void addChange(ResultSet row) throws SQLException {
    state
        .changes()
        .computeIfAbsent(chat(row), _ -> new ArrayList<>())
        .add(
            State.Change.of(
                row.getLong(3),
                row.getString(5),
                row.getLong(4),
                row.getString(6),
                row.getString(7),
                row.getString(8)));
  }

  /** Names a chat. Without a row for its application, the name contains the id. */
  private Parent.Chat chat(ResultSet row) throws SQLException {
    long application = row.getLong(1);
    return new Parent.Chat(
        tokens.getOrDefault(application, "with id " + application), row.getLong(2));
  }
}

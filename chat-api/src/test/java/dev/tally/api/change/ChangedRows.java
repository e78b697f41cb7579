package dev.tally.api.change;

import dev.tally.common.identity.AppToken;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes the rows of apps with one chat, and of changes in it, in place of a worker. */
record ChangedRows(JdbcClient mysql) {

  static final String CREATED = "2026-11-24T14:42:19.120215Z";
  static final String EDITED = "2026-11-25T09:11:02.514093Z";
  static final String DELETED = "2026-11-26T10:12:03.615194Z";

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final String APP =
      """
      INSERT INTO apps (token, name, chats_count, created_at, updated_at)
      VALUES (?, 'Acme', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))""";

  private static final String CHAT =
      """
      INSERT INTO chats (app_id, number, created_at)
      SELECT id, 1, '2026-11-24 14:42:19.120215' FROM apps WHERE token = ?""";

  /** MySQL and MariaDB allow a thousand rounds. */
  private static final String CHATS =
      """
      INSERT INTO chats (app_id, number, created_at)
      WITH RECURSIVE numbers (number) AS
        (SELECT ? UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)
      SELECT a.id, n.number, '2026-11-24 14:42:19.120215'
      FROM apps a, numbers n WHERE a.token = ?""";

  /** MySQL and MariaDB allow a thousand rounds. */
  private static final String MESSAGES =
      """
      INSERT INTO messages (app_id, chat_number, number, body, author, reply_to, created_at)
      WITH RECURSIVE numbers (number) AS
        (SELECT ? UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)
      SELECT a.id, 1, n.number, 'said', IF(n.number = 1, NULL, 'anna'),
             IF(n.number = 1, NULL, 1), '2026-11-24 14:42:19.120215'
      FROM apps a, numbers n WHERE a.token = ?""";

  private static final String EDIT =
      """
      UPDATE messages m JOIN apps a ON a.id = m.app_id
      SET m.body = ?, m.metadata = ?, m.revision = ?, m.edited_at = '2026-11-25 09:11:02.514093',
          m.created_fingerprint = REPEAT('f', 16)
      WHERE a.token = ? AND m.chat_number = 1 AND m.number = ?""";

  private static final String DELETE =
      """
      UPDATE messages m JOIN apps a ON a.id = m.app_id
      SET m.body = '', m.metadata = NULL, m.revision = ?,
          m.deleted_at = '2026-11-26 10:12:03.615194', m.created_fingerprint = REPEAT('f', 16)
      WHERE a.token = ? AND m.chat_number = 1 AND m.number BETWEEN ? AND ?""";

  private static final String DELETE_CHAT =
      """
      UPDATE chats c JOIN apps a ON a.id = c.app_id
      SET c.name = NULL, c.metadata = NULL, c.revision = 9,
          c.deleted_at = '2026-11-26 10:12:03.615194'
      WHERE a.token = ?""";

  private static final String EDIT_CHAT =
      """
      UPDATE chats c JOIN apps a ON a.id = c.app_id
      SET c.name = ?, c.revision = ?, c.edited_at = '2026-11-25 09:11:02.514093'
      WHERE a.token = ?""";

  private static final String CHANGE =
      """
      INSERT INTO changes
        (app_id, chat_number, number, message_number, kind, effect, author, body, metadata,
         fingerprint, job, created_at)
      SELECT id, 1, ?, ?, ?, ?, ?, ?, ?, REPEAT('f', 16), 'a job', '2026-11-25 09:11:02.514093'
      FROM apps WHERE token = ?""";

  /** Each change is of the message with its number. */
  private static final String CHANGES =
      """
      INSERT INTO changes
        (app_id, chat_number, number, message_number, kind, effect, body, fingerprint, created_at)
      WITH RECURSIVE numbers (number) AS
        (SELECT ? UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)
      SELECT a.id, 1, n.number, n.number, 'edit', 'applied', ?, REPEAT('f', 16), UTC_TIMESTAMP(6)
      FROM apps a, numbers n WHERE a.token = ?""";

  private static final String COUNTS =
      """
      UPDATE chats c JOIN apps a ON a.id = c.app_id
      SET c.messages_count = ?, c.changes_count = ?, c.deleted_count = ?, c.pending_count = 1
      WHERE a.token = ?""";

  /** An app with a chat 1. */
  String newApp() {
    String token = AppToken.random(RANDOM).value();
    mysql.sql(APP).param(token).update();
    mysql.sql(CHAT).param(token).update();
    return token;
  }

  /** Adds chats with these numbers, at most a thousand. */
  void chats(String app, long first, long last) {
    mysql.sql(CHATS).params(first, last, app).update();
  }

  /** Adds messages with these numbers, at most a thousand. All but the first answer the first. */
  void messages(String app, long first, long last) {
    mysql.sql(MESSAGES).params(first, last, app).update();
  }

  void edit(String app, long number, String body, @Nullable String metadata, long revision) {
    mysql.sql(EDIT).param(body).param(metadata).param(revision).param(app).param(number).update();
  }

  void delete(String app, long first, long last, long revision) {
    mysql.sql(DELETE).params(revision, app, first, last).update();
  }

  /** Adds an edit by anna, with what the message said before it. */
  void edit(String app, long number, long message, String body, @Nullable String metadata) {
    change(app, number, message, "edit", "applied", "anna", body, metadata);
  }

  /** Adds a change that says neither who made it nor what the message said before. */
  void change(String app, long number, long message, String kind, String effect) {
    change(app, number, message, kind, effect, null, null, null);
  }

  /** Adds an edit of the chat, with what it was called before; null if it had no name. */
  void editChat(String app, long number, @Nullable String before, String name) {
    change(app, number, null, "edit", "applied", null, before, null);
    mysql.sql(EDIT_CHAT).params(name, number, app).update();
  }

  /** Deletes all chats of the app, of which nothing is erased yet. */
  void deleteChat(String app) {
    mysql.sql(DELETE_CHAT).param(app).update();
  }

  /** Adds what stands in place of a change that is lost. */
  void lostChange(String app, long number) {
    change(app, number, null, null, "lost", null, null, null);
  }

  private void change(
      String app,
      long number,
      @Nullable Long message,
      @Nullable String kind,
      String effect,
      @Nullable String author,
      @Nullable String body,
      @Nullable String metadata) {
    mysql
        .sql(CHANGE)
        .param(number)
        .param(message)
        .param(kind)
        .param(effect)
        .param(author)
        .param(body)
        .param(metadata)
        .param(app)
        .update();
  }

  /** Adds edits with these numbers, at most a thousand, each of the message with its number. */
  void edits(String app, long first, long last, String body) {
    mysql.sql(CHANGES).params(first, last, body, app).update();
  }

  void counts(String app, long messages, long changes, long deleted) {
    mysql.sql(COUNTS).params(messages, changes, deleted, app).update();
  }
}

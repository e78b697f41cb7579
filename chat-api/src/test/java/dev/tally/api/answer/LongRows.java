package dev.tally.api.answer;

import dev.tally.common.identity.AppToken;
import java.security.SecureRandom;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes the rows of apps with one chat, in place of a worker. */
record LongRows(JdbcClient mysql) {

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final String APP =
      """
      INSERT INTO apps (token, name, chats_count, created_at, updated_at)
      VALUES (?, ?, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))""";

  private static final String CHAT =
      """
      INSERT INTO chats (app_id, number, messages_count, created_at)
      SELECT id, 1, 0, UTC_TIMESTAMP(6) FROM apps WHERE token = ?""";

  private static final String APPS =
      """
      INSERT INTO apps (token, name, chats_count, created_at, updated_at)
      WITH RECURSIVE numbers (number) AS
        (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)
      SELECT LOWER(LPAD(HEX(number), 32, '0')), ?, 0, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6)
      FROM numbers""";

  /** MySQL and MariaDB allow a thousand rounds. */
  private static final String MESSAGES =
      """
      INSERT INTO messages (app_id, chat_number, number, body, created_at)
      WITH RECURSIVE numbers (number) AS
        (SELECT ? UNION ALL SELECT number + 1 FROM numbers WHERE number < ?)
      SELECT a.id, 1, n.number, ?, UTC_TIMESTAMP(6)
      FROM apps a, numbers n WHERE a.token = ?""";

  /** An app with a chat 1. */
  String newApp(String name) {
    String token = AppToken.random(RANDOM).value();
    mysql.sql(APP).params(token, name).update();
    mysql.sql(CHAT).param(token).update();
    return token;
  }

  /** Adds apps whose tokens are the numbers from 1, at most a thousand. */
  void apps(int count, String name) {
    mysql.sql(APPS).params(count, name).update();
  }

  /** Adds messages with these numbers to chat 1, at most a thousand at once. */
  void messages(String app, long first, long last, String body) {
    mysql.sql(MESSAGES).params(first, last, body, app).update();
  }
}

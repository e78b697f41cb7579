package dev.tally.testkit;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows that a test puts into MySQL as a worker would, and Redis knows nothing of. */
public record PersistedRows(JdbcClient mysql) {

  /** Rows in a database with the schema. */
  public static PersistedRows in(TestServers servers) {
    servers.migrate();
    return new PersistedRows(JdbcClient.create(servers.dataSource()));
  }

  /** Adds an app without chats. */
  public void app(String token) {
    mysql
        .sql(
            """
            INSERT INTO apps (token, name, chats_count, created_at, updated_at)
            VALUES (:token, 'Acme', 0, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))\
            """)
        .param("token", token)
        .update();
  }

  /** Adds a chat, and leaves the app's count. */
  public void chat(String token, long number) {
    mysql
        .sql(
            """
            INSERT INTO chats (app_id, number, created_at)
            SELECT id, :number, UTC_TIMESTAMP(6) FROM apps WHERE token = :token\
            """)
        .param("number", number)
        .param("token", token)
        .update();
  }

  /** Adds a message, and leaves the chat's count. */
  public void message(String token, long chat, long number) {
    mysql
        .sql(
            """
            INSERT INTO messages (app_id, chat_number, number, body, created_at)
            SELECT id, :chat, :number, 'x', UTC_TIMESTAMP(6) FROM apps WHERE token = :token\
            """)
        .param("chat", chat)
        .param("number", number)
        .param("token", token)
        .update();
  }
}

package dev.tally.api.stream;

import dev.tally.api.ChatApi;
import dev.tally.api.chat.Chats;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.testkit.TestServers;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An API on wiped servers, and the rows that a test writes in place of a worker. */
final class RunningApi implements AutoCloseable {

  private static final SecureRandom RANDOM = new SecureRandom();

  private final TestServers servers = TestServers.wiped();
  private final ConfigurableApplicationContext api;
  private final JdbcClient mysql;

  RunningApi(String... settings) {
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=WARN"));
    arguments.addAll(List.of(settings));
    api = ChatApi.start(arguments.toArray(String[]::new));
    mysql = JdbcClient.create(servers.dataSource());
  }

  TestServers servers() {
    return servers;
  }

  <T> T bean(Class<T> type) {
    return api.getBean(type);
  }

  /** Connections of its own: tests use it while they block those of the API. */
  JdbcClient mysql() {
    return mysql;
  }

  String url(Chats.Place chat) {
    return "http://127.0.0.1:%s/apps/%s/chats/%d/messages/stream"
        .formatted(
            api.getEnvironment().getRequiredProperty("local.server.port"),
            chat.name().app().value(),
            chat.name().number());
  }

  /** The first chat of a new app. */
  Chats.Place newChat() {
    AppToken token = AppToken.random(RANDOM);
    mysql
        .sql(
            "INSERT INTO apps (token, name, chats_count, created_at, updated_at)"
                + " VALUES (?, 'Acme', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
        .param(token.value())
        .update();
    long app =
        mysql
            .sql("SELECT id FROM apps WHERE token = ?")
            .param(token.value())
            .query(Long.class)
            .single();
    return newChat(new ChatName(token, 1), new ChatKey(app, 1));
  }

  /** Another chat of the same app. */
  Chats.Place newChat(Chats.Place sibling, long number) {
    return newChat(
        new ChatName(sibling.name().app(), number), new ChatKey(sibling.key().appId(), number));
  }

  private Chats.Place newChat(ChatName name, ChatKey key) {
    mysql
        .sql(
            "INSERT INTO chats (app_id, number, messages_count, created_at, lost_at)"
                + " VALUES (?, ?, 0, UTC_TIMESTAMP(6), NULL)")
        .params(key.appId(), key.number())
        .update();
    return new Chats.Place(name, key);
  }

  void insert(Chats.Place chat, long number, String body) {
    mysql
        .sql(
            "INSERT INTO messages (app_id, chat_number, number, body, created_at, lost_at)"
                + " VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6), NULL)")
        .params(chat.key().appId(), chat.key().number(), number, body)
        .update();
  }

  /** Edits a message by change 1 of its chat. */
  void edit(Chats.Place chat, long number, String body) {
    mysql
        .sql(
            "UPDATE messages SET body = ?, revision = 1, edited_at = UTC_TIMESTAMP(6)"
                + " WHERE app_id = ? AND chat_number = ? AND number = ?")
        .params(body, chat.key().appId(), chat.key().number(), number)
        .update();
  }

  /** Deletes a message by change 1 of its chat. */
  void delete(Chats.Place chat, long number) {
    mysql
        .sql(
            "UPDATE messages SET body = '', revision = 1, deleted_at = UTC_TIMESTAMP(6)"
                + " WHERE app_id = ? AND chat_number = ? AND number = ?")
        .params(chat.key().appId(), chat.key().number(), number)
        .update();
  }

  /**
   * Adds the row of a change, and leaves the message as it is.
   *
   * @param message 0 if the change is one of the chat itself
   */
  void insertChange(Chats.Place chat, long number, long message, String kind, String effect) {
    insertChange(mysql, chat, number, message, kind, effect);
  }

  /** The same on a connection that holds locks. */
  static void insertChange(
      JdbcClient mysql, Chats.Place chat, long number, long message, String kind, String effect) {
    mysql
        .sql(
            "INSERT INTO changes (app_id, chat_number, number, message_number, kind, effect, author,"
                + " body, fingerprint, created_at) VALUES (?, ?, ?, NULLIF(?, 0), ?, ?, 'anna',"
                + " 'before', REPEAT('f', 16), UTC_TIMESTAMP(6))")
        .params(chat.key().appId(), chat.key().number(), number, message, kind, effect)
        .update();
  }

  /** A void row: MySQL has lost the message. */
  void insertLost(Chats.Place chat, long number) {
    mysql
        .sql(
            "INSERT INTO messages (app_id, chat_number, number, body, created_at, lost_at)"
                + " VALUES (?, ?, ?, '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
        .params(chat.key().appId(), chat.key().number(), number)
        .update();
  }

  @Override
  public void close() {
    api.close();
  }
}

package dev.tally.api.stream;

import dev.tally.api.ChatApi;
import dev.tally.api.chat.Chats;
import dev.tally.testkit.TestServers;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** An API on wiped servers, and the rows that a test writes in place of a worker. */
final class RunningApi implements AutoCloseable {

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
            chat.token(),
            chat.number());
  }

  /** The first chat of a new app. */
  Chats.Place newChat() {
    byte[] random = new byte[16];
    ThreadLocalRandom.current().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    mysql
        .sql(
            "INSERT INTO apps (token, name, chats_count, created_at, updated_at)"
                + " VALUES (?, 'Acme', 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
        .param(token)
        .update();
    long app =
        mysql.sql("SELECT id FROM apps WHERE token = ?").param(token).query(Long.class).single();
    return newChat(app, token, 1);
  }

  Chats.Place newChat(long app, String token, long number) {
    mysql.sql("INSERT INTO chats VALUES (?, ?, 0, UTC_TIMESTAMP(6))").params(app, number).update();
    return new Chats.Place(app, token, number);
  }

  void insert(Chats.Place chat, long number, String body) {
    mysql
        .sql("INSERT INTO messages VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))")
        .params(chat.appId(), chat.number(), number, body)
        .update();
  }

  @Override
  public void close() {
    api.close();
  }
}

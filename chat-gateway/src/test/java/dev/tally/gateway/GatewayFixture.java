package dev.tally.gateway;

import dev.tally.testkit.TestServers;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Gateways on wiped servers, rows as a worker writes them, and requests. */
final class GatewayFixture {

  private final TestServers servers = TestServers.wiped();
  private final JdbcClient mysql = JdbcClient.create(servers.dataSource());

  GatewayFixture() {
    servers.migrate();
  }

  TestServers servers() {
    return servers;
  }

  /** Starts a gateway. The caller closes it. */
  ConfigurableApplicationContext start(String... more) {
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of(
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--logging.level.root=WARN",
            "--management.metrics.use-global-registry=false"));
    arguments.addAll(Arrays.asList(more));
    return ChatGateway.start(arguments.toArray(String[]::new));
  }

  /** Inserts an app with chats into MySQL; Redis does not know them. */
  String app(int chats) {
    byte[] bytes = new byte[16];
    ThreadLocalRandom.current().nextBytes(bytes);
    String token = HexFormat.of().formatHex(bytes);
    mysql
        .sql(
            """
            INSERT INTO apps (token, name, chats_count, created_at, updated_at)
            VALUES (?, 'Acme', ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))\
            """)
        .params(token, chats)
        .update();
    for (int number = 1; number <= chats; number++) {
      mysql
          .sql(
              """
              INSERT INTO chats (app_id, number, created_at)
              SELECT id, ?, UTC_TIMESTAMP(6) FROM apps WHERE token = ?\
              """)
          .params(number, token)
          .update();
    }
    return token;
  }

  void message(String app, int chat, int number) {
    mysql
        .sql(
            """
            INSERT INTO messages (app_id, chat_number, number, body, created_at)
            SELECT id, ?, ?, 'x', UTC_TIMESTAMP(6) FROM apps WHERE token = ?\
            """)
        .params(chat, number, app)
        .update();
  }

  Http.Answer say(ConfigurableApplicationContext to, String app, int chat, String body) {
    return Http.postJson(
        url(to, "/apps/%s/chats/%d/messages".formatted(app, chat)),
        Http.JSON.writeValueAsString(Map.of("body", body)));
  }

  /** Sends a message for each line. */
  Http.Answer batch(ConfigurableApplicationContext to, String app, int chat, String lines) {
    return Http.postBytes(
        url(to, "/apps/%s/chats/%d/messages".formatted(app, chat)),
        "application/x-ndjson",
        lines.getBytes(StandardCharsets.UTF_8));
  }

  Http.Answer post(ConfigurableApplicationContext to, String path, String... headers) {
    return Http.post(url(to, path), headers);
  }

  /**
   * Sends a change of a message, as JSON if it has a body.
   *
   * @param body null if there is none
   * @param headers names and values in turn
   */
  Http.Answer change(
      ConfigurableApplicationContext to,
      String method,
      String path,
      @Nullable String body,
      String... headers) {
    String url = url(to, path);
    return Http.send(
        body == null
            ? Http.request(url, headers).method(method, HttpRequest.BodyPublishers.noBody())
            : Http.json(url, headers).method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  Http.Answer get(ConfigurableApplicationContext from, String path) {
    return Http.get(url(from, path));
  }

  static int port(ConfigurableApplicationContext service) {
    return Integer.parseInt(service.getEnvironment().getRequiredProperty("local.server.port"));
  }

  private static String url(ConfigurableApplicationContext service, String path) {
    return "http://127.0.0.1:" + port(service) + path;
  }
}

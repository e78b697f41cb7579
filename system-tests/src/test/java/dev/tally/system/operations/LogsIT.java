package dev.tally.system.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageContent;
import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Logs never contain a text that people wrote, a token that opens an app, or a key. */
@ExtendWith(OutputCaptureExtension.class)
class LogsIT {

  /** A part of every text that the test sends. */
  private static final String MARK = "Zaubertrank";

  private static final String KEY = "the-key-of-the-administrator";

  private final RunningTally running = RunningTally.shared();
  private final TallyClient tally = TallyClient.of(running);
  private final LoggingSystem logging = LoggingSystem.get(LoggingSystem.class.getClassLoader());
  private final List<String> tokens = new ArrayList<>();

  @BeforeEach
  void logAsMuchAsAnOperatorWould() {
    level(LogLevel.INFO, LogLevel.DEBUG);
  }

  @AfterEach
  void logLittle() {
    level(LogLevel.WARN, LogLevel.WARN);
  }

  private void level(LogLevel root, LogLevel ours) {
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, root);
    logging.setLogLevel("dev.tally", ours);
  }

  @Test
  void logsContainNothingPrivate(CapturedOutput output) throws Exception {
    String app = newApp();
    ordinaryRequests(app);
    badRequests(app);
    try (ConfigurableApplicationContext guarded = running.startApi("--TALLY_ADMIN_KEY=" + KEY)) {
      level(LogLevel.INFO, LogLevel.DEBUG);
      String apps = RunningTally.url(guarded) + "/apps";
      Http.get(apps, "Authorization", "Bearer " + KEY).is(200);
      Http.get(apps, "Authorization", "Bearer " + KEY + "x").is(401);
      Wire.send(
          RunningTally.url(guarded),
          "GET /apps HTTP/1.1\r\nHost: localhost\r\n(Authorization): Bearer " + KEY + "\r\n\r\n");
    }
    LettuceConnectionFactory connections = running.servers().redis();
    try {
      StringRedisTemplate redis = new StringRedisTemplate(connections);
      jobsThatCannotBePersisted(redis, newApp());
      countersThatAreLost(redis, newApp());
    } finally {
      connections.destroy();
    }
    serversThatAreAway(app, output);

    // These lines prove that every fault reached the logs.
    assertThat(output)
        .contains("it is dead letter", "(undecodable)", "(number-taken)", "(refused)")
        .contains("Redis has lost data: the counter", "was too low, or no number, and is raised to")
        .contains("a dependency is down", "persisting failed and is tried again")
        .contains("Elasticsearch did not answer a search")
        .contains("Redis did not say whether a number was given out");
    assertThat(output).doesNotContainIgnoringCase(MARK);
    for (String token : tokens) {
      assertThat(output).doesNotContain(token);
    }
    assertThat(output).doesNotContain(KEY);
  }

  private String newApp() {
    String token =
        Http.postJson(tally.api() + "/apps", "{\"name\":\"" + MARK + "\"}").is(201).text("token");
    tokens.add(token);
    return token;
  }

  private void ordinaryRequests(String app) {
    long chat = tally.newChat(app);
    tally.say(app, chat, MARK + " one");
    tally.awaitMessages(app, chat, 1);
    String url = tally.messagesTo(app, chat);
    for (int i = 0; i < 2; i++) {
      Http.postJson(url, "{\"body\":\"" + MARK + "\"}", "Idempotency-Key", MARK).is(201);
    }
    Http.postJson(url, "{\"body\":\"other\"}", "Idempotency-Key", MARK).is(422);
    Http.get(tally.chatUrl(app, chat) + "/messages").is(200);
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(search(app)).json().size() > 0);
  }

  private void badRequests(String app) {
    String url = tally.messagesTo(app, 1);
    for (String json :
        List.of(
            MARK,
            "{\"body\":" + MARK + "}",
            "{\"body\":\"" + MARK + "\"",
            "{\"body\":\"" + MARK + "\",\"body\":\"" + MARK + "\"}",
            "{\"body\":[\"" + MARK + "\"]}",
            "{\"body\":\"" + MARK + "\\u0000\"}",
            "{\"body\":\"" + MARK.repeat(2000) + "\"}")) {
      assertThat(Http.postJson(url, json).status()).isBetween(400, 422);
      assertThat(
              Http.postBytes(url, "application/x-ndjson", json.getBytes(StandardCharsets.UTF_8))
                  .status())
          .isBetween(400, 422);
    }
    assertThat(Http.postForm(url, "body=" + MARK + "%ff").status()).isEqualTo(400);
    assertThat(Http.postBytes(url, "text/" + MARK, MARK.getBytes(StandardCharsets.UTF_8)).status())
        .isEqualTo(415);
    Http.postJson(url, "{\"body\":\"x\"}", "Idempotency-Key", MARK + " " + MARK).is(400);
    Http.get(tally.chatUrl(app, 1) + "/search?q=" + MARK + "&after=" + MARK).is(400);
    Http.get(tally.appUrl(app) + "/" + MARK).is(404);
    Http.get(url).is(405);
    // The web server itself refuses these requests.
    for (String line :
        List.of(
            "GET /apps/" + app + "/" + MARK + "|x HTTP/1.1\r\nHost: localhost",
            "GET /apps/" + app + "/%ZZ" + MARK + " HTTP/1.1\r\nHost: localhost",
            "GET /apps/" + app + "/chats?after=%ZZ" + MARK + " HTTP/1.1\r\nHost: localhost",
            MARK + "@ /apps/" + app + " HTTP/1.1\r\nHost: localhost",
            "GET /apps/" + app + " HTTP/1.1\r\nHost: localhost\r\n" + MARK,
            "GET /apps/" + app + " HTTP/1.1\r\nHost: localhost\r\nX(" + MARK + "): " + app,
            "GET /apps/" + app + " HTTP/1.1\r\nHost: " + MARK + "/" + app,
            "GET /apps/" + app + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + MARK,
            "GET /apps/" + app + " HTTP/1.1\r\nHost: localhost\r\nCookie: \u0001" + MARK,
            "GET /apps/" + app + " HTTP/1.1\r\nHost: localhost\r\nX: " + MARK.repeat(10_000))) {
      for (String service : List.of(tally.api(), tally.gateway())) {
        Wire.send(service, line + "\r\nConnection: close\r\n\r\n");
      }
    }
  }

  private void jobsThatCannotBePersisted(StringRedisTemplate redis, String app) {
    AppToken token = new AppToken(app);
    PartitionKeys keys = new Partitions(16).of(token);
    long chat = tally.newChat(app);
    ChatName name = new ChatName(token, chat);
    tally.say(app, chat, MARK + " first");
    tally.awaitMessages(app, chat, 1);
    JobCodec codec = new JobCodec();
    long dead = size(redis, keys.dead());
    redis
        .opsForList()
        .rightPushAll(
            keys.retried(),
            List.of(
                "{" + MARK,
                "{\"v\":1,\"kind\":\"" + MARK + "\",\"app\":\"" + app + "\"}",
                // The number of another message.
                codec.openMessage(name, MessageContent.of(MARK + " second"), Instant.now(), null)
                    + "1}",
                // A body that is longer than the column.
                codec.openMessage(name, MessageContent.of(MARK.repeat(10_000)), Instant.now(), null)
                    + "2}",
                codec.openMessage(
                        new ChatName(token, 77),
                        MessageContent.of(MARK + " in no chat"),
                        Instant.now(),
                        null)
                    + "1}",
                codec.openMessage(
                        new ChatName(new AppToken("f".repeat(32)), 1),
                        MessageContent.of(MARK),
                        Instant.now(),
                        null)
                    + "1}"));
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> size(redis, keys.dead()) == dead + 6);
    redis.delete(keys.dead());
  }

  private void countersThatAreLost(StringRedisTemplate redis, String app) {
    AppToken token = new AppToken(app);
    PartitionKeys keys = new Partitions(16).of(token);
    long chat = tally.newChat(app);
    ChatName name = new ChatName(token, chat);
    tally.say(app, chat, MARK + " first");
    tally.say(app, chat, MARK + " second");
    tally.awaitMessages(app, chat, 2);
    redis.delete(List.of(keys.chats(token), keys.messages(name)));
    tally.say(app, chat, MARK + " third");
    tally.newChat(app);
    tally.awaitMessages(app, chat, 3);

    // A counter that is lower than the highest persisted number.
    redis.opsForHash().put(keys.messages(name), PartitionKeys.NUMBERS, "1");
    tally.say(app, chat, MARK + " with a number that is taken");
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> "3".equals(redis.opsForHash().get(keys.messages(name), PartitionKeys.NUMBERS)));
    redis.delete(keys.dead());

    // A value that is not a counter.
    redis.delete(keys.messages(name));
    redis.opsForList().rightPush(keys.messages(name), MARK);
    tally.say(app, chat, MARK + " after a counter that is none");
    Http.get(tally.chatUrl(app, chat) + "/messages/99");
    redis.delete(keys.messages(name));
  }

  private void serversThatAreAway(String app, CapturedOutput output) {
    without(
        ServerKind.ELASTICSEARCH,
        () -> {
          Http.get(search(app)).is(503);
          tally.say(app, 1, MARK + " not indexed yet");
        });
    without(
        ServerKind.MARIADB,
        () -> {
          Http.get(tally.appUrl(app)).is(503);
          Http.putJson(tally.appUrl(app), "{\"name\":\"" + MARK + "\"}").is(503);
          tally.say(app, 1, MARK + " not persisted yet");
          Http.post(tally.chatsTo("e".repeat(32))).is(503);
          // A worker that just looked at an idle partition waits for a connection first.
          Awaitility.await()
              .atMost(Duration.ofMinutes(1))
              .until(() -> output.toString().contains("persisting failed and is tried again"));
        });
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(tally.appUrl(app)).status() == 200);
    without(
        ServerKind.REDIS,
        () -> {
          Http.postJson(tally.messagesTo(app, 1), "{\"body\":\"" + MARK + "\"}").is(503);
          Http.get(tally.chatUrl(app, 1) + "/messages/999").is(404);
        });
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                Http.postJson(
                            tally.messagesTo(app, 1),
                            Http.JSON.writeValueAsString(Map.of("body", MARK)))
                        .status()
                    == 201);
  }

  private void without(ServerKind kind, Runnable action) {
    Server server = running.servers().killable(kind);
    server.kill();
    try {
      action.run();
    } finally {
      server.start();
    }
  }

  private String search(String app) {
    return tally.chatUrl(app, 1) + "/search?q=" + MARK;
  }

  private static long size(StringRedisTemplate redis, String list) {
    Long size = redis.opsForList().size(list);
    return size == null ? 0 : size;
  }
}

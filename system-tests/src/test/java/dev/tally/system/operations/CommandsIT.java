package dev.tally.system.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The operator commands, each run in a process of its own. */
class CommandsIT {

  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    tally = TallyClient.of(running);
  }

  @Test
  void everyCommandExplainsItself() throws Exception {
    for (String[] command :
        new String[][] {
          {"--help"},
          {"reindex", "--help"},
          {"verify", "--help"},
          {"dead-letters", "--help"},
          {"dead-letters", "retry", "--help"},
          {"dead-letters", "resubmit", "--help"},
          {"dead-letters", "drop", "--help"}
        }) {
      RunningTally.CommandResult result = running.command(command);
      assertThat(result.exitCode()).isZero();
      assertThat(result.output()).startsWith("Usage: chat-worker");
    }
    assertThat(running.command("nonsense").exitCode()).isEqualTo(2);
    assertThat(running.command("dead-letters", "drop").exitCode()).isEqualTo(2);
    assertThat(running.command("dead-letters", "resubmit").exitCode()).isEqualTo(2);
  }

  @Test
  void reindexBuildsANewIndexWhileSearchesGoOn() throws Exception {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "before the reindex");
    String url = tally.chatUrl(app, chat) + "/search?q=reindex";
    await().atMost(Duration.ofMinutes(1)).until(() -> Http.get(url).json().size() == 1);

    RunningTally.CommandResult result = running.command("reindex");

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("the new index answers searches");
    assertThat(Http.get(url).is(200).json().size()).isEqualTo(1);
    tally.say(app, chat, "after the reindex");
    await().atMost(Duration.ofMinutes(1)).until(() -> Http.get(url).json().size() == 2);
    RunningTally.CommandResult verified = running.command("verify");
    assertThat(verified.exitCode()).as(verified.output()).isZero();
  }

  @Test
  void verifyFindsWrongData() throws Exception {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    for (int i = 1; i <= 3; i++) {
      tally.say(app, chat, "message " + i);
    }
    tally.awaitMessages(app, chat, 3);
    String url = tally.chatUrl(app, chat) + "/search?q=message";
    await().atMost(Duration.ofMinutes(1)).until(() -> Http.get(url).json().size() == 3);
    String where = "app %s chat %d: ".formatted(app, chat);

    String id = "(SELECT id FROM apps WHERE token = '" + app + "')";
    damage("DELETE FROM messages WHERE app_id = " + id + " AND number = 2");
    assertThat(verify(1))
        .contains(where + "messages_count is 3, but there are 2")
        .contains(where + "no row, job or dead letter has message 2")
        .contains("is no persisted message");

    damage(
        "INSERT INTO messages (app_id, chat_number, number, body, created_at) VALUES ("
            + id
            + ", 1, 2, 'another body', UTC_TIMESTAMP(6))",
        "UPDATE apps SET chats_count = 7 WHERE token = '" + app + "'");
    assertThat(verify(1))
        .contains("app " + app + ": chats_count is 7, but there are 1")
        .contains("is indexed with another body");

    damage(
        "UPDATE apps SET chats_count = 1 WHERE token = '" + app + "'",
        "UPDATE messages SET body = 'message 2' WHERE app_id = " + id + " AND number = 2");
    assertThat(verify(0)).contains("all is right");
  }

  @Test
  void verifyFindsCountersThatAreNoNumbers() throws Exception {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "one");
    tally.awaitMessages(app, chat, 1);
    AppToken token = new AppToken(app);
    PartitionKeys keys = new Partitions(16).of(token);
    String chats = keys.chats(token);
    String messages = keys.messages(new ChatName(token, chat));
    LettuceConnectionFactory connections = running.servers().redis();
    try {
      StringRedisTemplate redis = new StringRedisTemplate(connections);
      redis.opsForHash().put(chats, PartitionKeys.NUMBERS, "many");
      redis.opsForValue().set(messages, "7");
      assertThat(verify(1))
          .contains("counter " + chats + " is no number")
          .contains("counter " + messages + " is no number");
      redis.delete(List.of(chats, messages));
    } finally {
      connections.destroy();
    }
    assertThat(verify(0)).contains("all is right");
  }

  @Test
  void verifyChecksTheRestWithoutElasticsearch() throws Exception {
    Map<String, String> away = Map.of("TALLY_ELASTICSEARCH_URL", "http://127.0.0.1:9");

    RunningTally.CommandResult verified = running.commandWith(away, "verify");
    assertThat(verified.exitCode()).as(verified.output()).isEqualTo(3);
    assertThat(verified.output())
        .contains("the search index could not be checked", "Connection refused")
        .contains("all else is right");

    String app = tally.newApp();
    damage("UPDATE apps SET chats_count = 7 WHERE token = '" + app + "'");
    verified = running.commandWith(away, "verify");
    assertThat(verified.exitCode()).as(verified.output()).isEqualTo(1);
    assertThat(verified.output()).contains("app " + app + ": chats_count is 7, but there are 0");
    damage("UPDATE apps SET chats_count = 0 WHERE token = '" + app + "'");
  }

  @Test
  void verifySaysThatRedisIsAway() throws Exception {
    Map<String, String> away = Map.of("TALLY_REDIS_URL", "redis://127.0.0.1:9");

    RunningTally.CommandResult verified = running.commandWith(away, "verify");

    assertThat(verified.exitCode()).as(verified.output()).isEqualTo(2);
    assertThat(verified.output())
        .contains("verify: Redis does not answer: Connection refused")
        .doesNotContain("\tat ");
  }

  @Test
  void verifyNamesAcceptedWritesThatAreLost() throws Exception {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    for (String body : List.of("Grüße 🎉", "second", "third")) {
      tally.say(app, chat, body);
    }
    tally.awaitMessages(app, chat, 3);
    String where = "{\"app\":\"" + app + "\",\"chat\":1";
    String there =
        """
        %1$s}
        %1$s,"message":1,"sha256":"%2$s"}

        %1$s,"message":2,"at":"2026-11-24"}
        """
            .formatted(where, sha256("Grüße 🎉").toUpperCase(Locale.ROOT));
    Path file = Files.createTempFile("accepted", ".ndjson");
    try {
      Files.writeString(file, there);
      RunningTally.CommandResult kept =
          running.command("verify", "--no-search", "--accepted", file.toString());
      assertThat(kept.exitCode()).as(kept.output()).isZero();
      assertThat(kept.output()).contains("3 accepted writes: 3 persisted, 0 on their way, 0 wrong");
    } finally {
      Files.delete(file);
    }

    String lost =
        there
            + """
            %1$s,"message":3,"sha256":"%2$s"}
            %1$s,"message":4}
            {"app":"%3$s","chat":2}
            {"app":"0123456789abcdef0123456789abcdef","chat":1,"message":1}
            """
                .formatted(where, sha256("not the third"), app);
    RunningTally.CommandResult result =
        running.commandOn(lost, "verify", "--no-search", "--accepted", "-");
    assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
    assertThat(result.output())
        .contains("app " + app + " chat 1 message 3: is persisted with another body")
        .contains("app " + app + " chat 1 message 4: was accepted and is not persisted")
        .contains("app " + app + " chat 2: was accepted and is not persisted")
        .contains("app 0123456789abcdef0123456789abcdef chat 1 message 1: was accepted and is not")
        .contains("7 accepted writes: 3 persisted, 0 on their way, 4 wrong")
        .contains("all is right");
  }

  @Test
  void verifyDoesNotCallQueuedWritesLost() throws Exception {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);
    running.stopWorker();
    try {
      StringBuilder told = new StringBuilder();
      for (int i = 1; i <= 300; i++) {
        tally.say(app, 1, "on its way " + i);
        told.append("{\"app\":\"%s\",\"chat\":1,\"message\":%d}\n".formatted(app, i));
      }
      RunningTally.CommandResult result =
          running.commandOn(told.toString(), "verify", "--no-search", "--accepted", "-");
      assertThat(result.exitCode()).as(result.output()).isZero();
      assertThat(result.output())
          .contains("300 accepted writes: 0 persisted, 300 on their way, 0 wrong");
    } finally {
      running.startWorker();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"app\":\"x\"}",
        "{\"chat\":1}",
        "{\"app\":\"x\",\"chat\":1,\"message\":0}",
        "{\"app\":\"x\",\"chat\":1,\"message\":1,\"sha256\":\"12\"}",
        "[1]",
        "secret",
        "{\"app\":\"secret"
      })
  void verifyRefusesAListWithAnInvalidLine(String line) throws Exception {
    String lines = "{\"app\":\"0123456789abcdef0123456789abcdef\",\"chat\":1}\n" + line + "\n";

    RunningTally.CommandResult result =
        running.commandOn(lines, "verify", "--no-search", "--accepted", "-");

    assertThat(result.exitCode()).as(result.output()).isEqualTo(2);
    assertThat(result.output()).contains("line 2 is no accepted write").doesNotContain("secret");
  }

  @Test
  void verifyRefusesAMissingList() throws Exception {
    RunningTally.CommandResult result = running.command("verify", "--accepted", "/no/such/file");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.output()).contains("/no/such/file cannot be read");
  }

  private static String sha256(String body) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8)));
  }

  private static String verify(int exitCode) throws Exception {
    RunningTally.CommandResult result = running.command("verify");
    assertThat(result.exitCode()).as(result.output()).isEqualTo(exitCode);
    return result.output();
  }

  private static void damage(String... statements) throws Exception {
    try (Connection connection = running.servers().mysql();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        assertThat(statement.executeUpdate(sql)).isEqualTo(1);
      }
    }
  }
}

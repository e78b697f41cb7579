package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * The special cases of writes: batches, repeated requests, and writes to apps and chats that do not
 * exist.
 */
class WritesIT {

  private static final String UNKNOWN = "0123456789abcdef0123456789abcdef";

  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    tally = TallyClient.of(running);
  }

  @Test
  void aBatchGetsConsecutiveNumbers() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "before");
    String lines =
        IntStream.rangeClosed(1, 1000)
            .mapToObj(i -> "{\"body\":\"line %d 🎉\"}".formatted(i))
            .collect(Collectors.joining("\n"));

    Http.Answer answer = batch(app, chat, lines).is(201);

    assertThat(answer.number("first_message_number")).isEqualTo(2);
    assertThat(answer.number("last_message_number")).isEqualTo(1001);
    tally.awaitMessages(app, chat, 1001);
    JsonNode messages =
        Http.get(tally.chatUrl(app, chat) + "/messages?after=1&limit=1000").is(200).json();
    for (int i = 1; i <= 1000; i++) {
      assertThat(messages.get(i - 1).path("number").asLong()).isEqualTo(i + 1);
      assertThat(messages.get(i - 1).path("body").asString()).isEqualTo("line %d 🎉".formatted(i));
    }
  }

  @Test
  void aBatchIsAcceptedWholeOrNotAtAll() {
    String app = tally.newApp();
    long chat = tally.newChat(app);

    batch(app, chat, "{\"body\":\"good\"}\n{\"body\":\"\"}\n")
        .isProblem(422, "invalid-field", "Line 2: body must not be blank.");
    batch(app, chat, "{\"body\":\"good\"}\n\n{\"body\":\"good\"}")
        .isProblem(400, "malformed-request", "Line 2: The body is not a JSON object.");
    batch(app, chat, "{\"body\":\"good\"}\n[1]")
        .isProblem(400, "malformed-request", "Line 2: The body is not a JSON object.");
    batch(app, chat, "").isProblem(400, "malformed-request", "The batch has no lines.");
    batch(app, chat, "{\"body\":\"x\"}\n".repeat(1001))
        .isProblem(413, "body-too-large", "Body too large");
    batch(app, chat, ("{\"body\":\"" + "x".repeat(9_000) + "\"}\n").repeat(130))
        .isProblem(413, "body-too-large", "Body too large");

    assertThat(tally.say(app, chat, "first of all")).isEqualTo(1);
  }

  @Test
  void aRepeatedRequestGetsTheSameNumber() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    String url = tally.messagesTo(app, chat);

    Http.Answer first = Http.postJson(url, "{\"body\":\"once\"}", "Idempotency-Key", "k-1").is(201);
    Http.Answer second =
        Http.postJson(url, "{\"body\":\"once\"}", "Idempotency-Key", "k-1").is(201);
    Http.Answer other = Http.postJson(url, "{\"body\":\"once\"}", "Idempotency-Key", "k-2").is(201);

    assertThat(second.json()).isEqualTo(first.json());
    assertThat(other.number("message_number")).isEqualTo(2);
    tally.awaitMessages(app, chat, 2);
  }

  @Test
  void aRepeatedChatGetsTheSameNumber() {
    String app = tally.newApp();

    Http.Answer first = Http.post(tally.chatsTo(app), "Idempotency-Key", "k").is(201);
    Http.Answer second = Http.post(tally.chatsTo(app), "Idempotency-Key", "k").is(201);

    assertThat(second.json()).isEqualTo(first.json());
    assertThat(tally.newChat(app)).isEqualTo(2);
  }

  @Test
  void aRepeatedBatchGetsTheSameNumbers() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    String lines = "{\"body\":\"a\"}\n{\"body\":\"b\"}";

    Http.Answer first = batch(app, chat, lines, "Idempotency-Key", "k").is(201);
    Http.Answer second = batch(app, chat, lines, "Idempotency-Key", "k").is(201);

    assertThat(second.json()).isEqualTo(first.json());
    assertThat(tally.say(app, chat, "next")).isEqualTo(3);
  }

  @Test
  void aKeyBelongsToOneRequestOnly() {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    long other = tally.newChat(app);
    Http.postJson(tally.messagesTo(app, chat), "{\"body\":\"one\"}", "Idempotency-Key", "k")
        .is(201);

    Http.postJson(tally.messagesTo(app, chat), "{\"body\":\"two\"}", "Idempotency-Key", "k")
        .isProblem(422, "idempotency-key-reused", "Idempotency key reused");
    Http.postJson(tally.messagesTo(app, other), "{\"body\":\"one\"}", "Idempotency-Key", "k")
        .isProblem(422, "idempotency-key-reused", "Idempotency key reused");
    Http.post(tally.chatsTo(app), "Idempotency-Key", "k")
        .isProblem(422, "idempotency-key-reused", "Idempotency key reused");

    assertThat(tally.say(app, other, "first here")).isEqualTo(1);
    String elsewhere = tally.newApp();
    assertThat(
            Http.post(tally.chatsTo(elsewhere), "Idempotency-Key", "k")
                .is(201)
                .number("chat_number"))
        .as("keys belong to apps")
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "with space"})
  void anInvalidKeyIsRefused(String key) {
    String app = tally.newApp();

    assertThat(Http.post(tally.chatsTo(app), "Idempotency-Key", key).status()).isEqualTo(400);
    Http.post(tally.chatsTo(app), "Idempotency-Key", "k".repeat(256))
        .isProblem(
            400,
            "malformed-request",
            "Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.");
    assertThat(tally.newChat(app)).isEqualTo(1);
  }

  @Test
  void aWriteToSomethingThatDoesNotExistTakesNoNumber() {
    for (String token : List.of(UNKNOWN, "x", "0".repeat(64), "%00")) {
      assertThat(Http.post(tally.chatsTo(token)).status()).isIn(400, 404);
      assertThat(Http.postJson(tally.messagesTo(token, 1), "{\"body\":\"x\"}").status())
          .isIn(400, 404);
    }
    Http.post(tally.chatsTo(UNKNOWN)).isProblem(404, "app-not-found", "App not found");
    Http.postJson(tally.messagesTo(UNKNOWN, 1), "{\"body\":\"x\"}")
        .isProblem(404, "app-not-found", "App not found");

    String app = tally.newApp();
    String chats = tally.chatsTo(app);
    for (String chat : List.of("1", "2", "0", "-1", "x", "01", "99999999999999999999")) {
      Http.postJson(chats + "/" + chat + "/messages", "{\"body\":\"x\"}")
          .isProblem(404, "chat-not-found", "Chat not found");
    }
    assertThat(tally.newChat(app)).isEqualTo(1);
    assertThat(tally.say(app, 1, "first")).isEqualTo(1);
  }

  @Test
  void aChatTakesAMessageAtOnceEvenAfterA404() {
    String app = tally.newApp();
    Http.postJson(tally.messagesTo(app, 1), "{\"body\":\"early\"}")
        .isProblem(404, "chat-not-found", "Chat not found");

    tally.newChat(app);

    assertThat(tally.say(app, 1, "in time")).isEqualTo(1);
  }

  @Test
  void aReadOfAWriteThatIsNotPersistedYetSaysSo() {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);
    running.stopWorker();
    try {
      long chat = tally.newChat(app);
      tally.say(app, 1, "on its way");

      Http.Answer missingChat =
          Http.get(tally.chatUrl(app, chat))
              .isProblem(404, "not-persisted-yet", "Not persisted yet");
      assertThat(missingChat.header("Retry-After")).hasValue("1");
      Http.Answer missingMessage =
          Http.get(tally.chatUrl(app, 1) + "/messages/1")
              .isProblem(404, "not-persisted-yet", "Not persisted yet");
      assertThat(missingMessage.header("Retry-After")).hasValue("1");
      Http.get(tally.chatUrl(app, 1) + "/messages/2")
          .isProblem(404, "message-not-found", "Message not found");
      Http.get(tally.chatUrl(app, chat + 1)).isProblem(404, "chat-not-found", "Chat not found");
    } finally {
      running.startWorker();
    }
    tally.awaitMessages(app, 1, 1);
    Http.get(tally.chatUrl(app, 1) + "/messages/1").is(200);
  }

  private static Http.Answer batch(String app, long chat, String lines, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(tally.messagesTo(app, chat)))
            .header("Content-Type", "application/x-ndjson")
            .POST(HttpRequest.BodyPublishers.ofString(lines, StandardCharsets.UTF_8));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return Http.send(request);
  }
}

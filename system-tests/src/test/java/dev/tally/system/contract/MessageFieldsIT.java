package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What a message may say besides its body: who wrote it, what it answers, and anything else. */
class MessageFieldsIT {

  private static final String UNKNOWN =
      " is not known here. Leave it out, or send: author, body, metadata, reply_to.";

  private static final String NO_SUCH_MESSAGE =
      "reply_to 2 is the number of no earlier message: the highest of the chat is 1.";

  private static TallyClient tally;

  private String app = "";
  private long chat;
  private String messages = "";

  @BeforeAll
  static void start() {
    tally = TallyClient.of(RunningTally.shared());
  }

  @BeforeEach
  void makeChat() {
    app = tally.newApp();
    chat = tally.newChat(app);
    messages = tally.messagesTo(app, chat);
    assertThat(tally.say(app, chat, "the first")).isEqualTo(1);
  }

  @Test
  void whatAMessageSaysIsReadAsItWasSent() {
    Http.postJson(
            messages,
            """
            {"body": "hi", "author": "Ann ❤", "reply_to": 1,
             "metadata": {"n": 1.50, "big": 123456789012345678901234567890, "a": [{}, null, "🎉\\n"]}}""")
        .is(201);

    JsonNode read = read(2);
    assertThat(read.propertyNames())
        .containsExactly("number", "body", "author", "metadata", "reply_to", "created_at");
    assertThat(read.path("author").asString()).isEqualTo("Ann ❤");
    assertThat(read.path("reply_to").asLong()).isEqualTo(1);
    String text = Http.get(tally.chatUrl(app, chat) + "/messages/2").is(200).body();
    assertThat(text)
        .contains(
            "\"metadata\":{\"n\":1.50,\"big\":123456789012345678901234567890,"
                + "\"a\":[{},null,\"🎉\\n\"]}");
    assertThat(Http.get(tally.chatUrl(app, chat) + "/messages?after=1").is(200).json().get(0))
        .isEqualTo(read);
  }

  /** Clients that know nothing of it see what they have always seen. */
  @Test
  void aMessageThatSaysNothingMoreIsAnsweredAsEver() {
    tally.awaitMessages(app, chat, 1);

    assertThat(read(1).propertyNames()).containsExactly("number", "body", "created_at");
  }

  @Test
  void formsAndBatchesSayTheSame() {
    Http.postForm(
            messages,
            "body=hi&author=Ann&reply_to=1&metadata="
                + URLEncoder.encode("{ \"a\" : 1 }", StandardCharsets.UTF_8))
        .is(201);
    Http.postBytes(
            messages,
            "application/x-ndjson",
            """
            {"body":"plain"}
            {"body":"hi","author":"Ann","reply_to":2,"metadata":{"a":1}}
            """
                .getBytes(StandardCharsets.UTF_8))
        .is(201);

    for (long number : List.of(2L, 4L)) {
      JsonNode read = read(number);
      assertThat(read.path("author").asString()).isEqualTo("Ann");
      assertThat(read.path("metadata").toString()).isEqualTo("{\"a\":1}");
      assertThat(read.path("reply_to").asLong()).isEqualTo(number / 2);
    }
    assertThat(read(3).propertyNames()).containsExactly("number", "body", "created_at");
  }

  @Test
  void noMessageAnswersOneThatComesAfterIt() {
    Http.postJson(messages, "{\"body\":\"x\",\"reply_to\":2}")
        .isProblem(422, "invalid-field", NO_SUCH_MESSAGE);
    Http.postBytes(
            messages,
            "application/x-ndjson",
            """
            {"body":"x","reply_to":1}
            {"body":"y"}
            {"body":"z","reply_to":2}
            {"body":"z","reply_to":3}
            """
                .getBytes(StandardCharsets.UTF_8))
        .isProblem(422, "invalid-field", "Line 3: " + NO_SUCH_MESSAGE);

    assertThat(tally.say(app, chat, "the second")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "422|{'body':'x','user_id':7}|user_id" + UNKNOWN,
        "422|{'body':'x','number':7}|number" + UNKNOWN,
        "422|{'body':'x','author':' '}|author must not be blank.",
        "422|{'body':'x','author':'a\\u0000'}|author must not contain NUL.",
        "400|{'body':'x','author':7}|author is not a string.",
        "400|{'body':'x','reply_to':'1'}|reply_to is not a number.",
        "422|{'body':'x','reply_to':0}|reply_to must be a whole number from 1 on.",
        "422|{'body':'x','reply_to':1.0}|reply_to must be a whole number from 1 on.",
        "422|{'body':'x','reply_to':1e0}|reply_to must be a whole number from 1 on.",
        "400|{'body':'x','metadata':[1]}|metadata is not a JSON object.",
        "400|{'body':'x','metadata':'{}'}|metadata is not a JSON object.",
        "400|{'body':'x','metadata':{'a':1,'a':2}}|The body is not well-formed JSON.",
        "422|{'body':'x','metadata':{'a':'\\ud800'}}|metadata must not contain an unpaired surrogate."
      })
  void whatCannotBeKeptIsRefused(int status, String json, String detail) {
    Http.postJson(messages, json.replace('\'', '"'))
        .isProblem(status, status == 400 ? "malformed-request" : "invalid-field", detail);

    assertThat(tally.say(app, chat, "the second")).isEqualTo(2);
  }

  @Test
  void textsAreBounded() {
    String author = "🎉".repeat(128);
    String metadata = "{\"a\":\"" + "x".repeat(4_096 - 8) + "\"}";

    Http.postJson(messages, "{\"body\":\"x\",\"author\":\"%s🎉\"}".formatted(author))
        .isProblem(422, "invalid-field", "author must be at most 128 characters long.");
    Http.postJson(
            messages, "{\"body\":\"x\",\"metadata\":%s}".formatted(metadata.replace("\"}", "x\"}")))
        .isProblem(422, "invalid-field", "metadata must be at most 4,096 bytes long.");
    Http.postJson(messages, "{\"body\":\"x\",\"metadata\":{\"a\":\"" + "é".repeat(2_045) + "\"}}")
        .isProblem(422, "invalid-field", "metadata must be at most 4,096 bytes long.");
    Http.postJson(
            messages,
            "{\"body\":\"x\",\"author\":\"%s\",\"metadata\":%s}".formatted(author, metadata))
        .is(201);

    assertThat(read(2).path("author").asString()).isEqualTo(author);
    assertThat(read(2).path("metadata").toString()).isEqualTo(metadata);
  }

  @Test
  void aRepeatedRequestSaysTheSameInEveryField() {
    String[] key = {"Idempotency-Key", "order-1"};
    String json = "{\"body\":\"x\",\"author\":\"Ann\",\"metadata\":{\"a\":1},\"reply_to\":1}";

    assertThat(Http.postJson(messages, json, key).is(201).number("message_number")).isEqualTo(2);
    assertThat(Http.postJson(messages, json, key).is(201).number("message_number")).isEqualTo(2);
    for (String other :
        List.of(
            json.replace("Ann", "Bob"),
            json.replace(":1}", ":2}"),
            json.replace(",\"reply_to\":1", ""),
            "{\"body\":\"x\"}")) {
      Http.postJson(messages, other, key)
          .isProblem(422, "idempotency-key-reused", "Idempotency key reused");
    }
    assertThat(tally.say(app, chat, "the next")).isEqualTo(3);
  }

  private JsonNode read(long number) {
    String message = tally.chatUrl(app, chat) + "/messages/" + number;
    return await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(message), answer -> answer.status() == 200)
        .json();
  }
}

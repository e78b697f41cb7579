package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Wire;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What a chat may say of itself. */
class ChatFieldsIT {

  private static TallyClient tally;

  private String app = "";
  private String chats = "";

  @BeforeAll
  static void start() {
    tally = TallyClient.of(RunningTally.shared());
  }

  @BeforeEach
  void makeApp() {
    app = tally.newApp();
    chats = tally.chatsTo(app);
  }

  @Test
  void whatAChatSaysIsReadAsItWasSent() {
    Http.postJson(chats, "{\"name\": \"Ann & Bob 🎉\", \"metadata\": {\"n\": 1.50}}").is(201);
    Http.postForm(chats, "name=Support").is(201);

    JsonNode first = read(1);
    assertThat(first.path("name").asString()).isEqualTo("Ann & Bob 🎉");
    assertThat(Http.get(tally.chatUrl(app, 1)).body()).contains("\"metadata\":{\"n\":1.50}");
    assertThat(read(2).path("name").asString()).isEqualTo("Support");
    assertThat(Http.get(tally.appUrl(app) + "/chats").is(200).json().get(0)).isEqualTo(first);
  }

  /** Clients that know nothing of it send and see what they have always sent and seen. */
  @Test
  void aChatThatSaysNothingIsAnsweredAsEver() {
    Http.post(chats).is(201);
    Http.postJson(chats, "{}").is(201);
    Http.postJson(chats, "").is(201);
    Http.postForm(chats, "").is(201);
    // Without any Content-Length, as curl -X POST sends it.
    String bare =
        "POST /apps/" + app + "/chats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assertThat(Wire.send(tally.gateway(), bare).answers())
        .extracting(Wire.Answer::status)
        .containsExactly(201);

    for (long number = 1; number <= 5; number++) {
      assertThat(read(number).propertyNames())
          .containsExactly(
              "number", "messages_count", "changes_count", "deleted_count", "created_at");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "422|{'title':'x'}|title is not known here. Leave it out, or send: metadata, name.",
        "422|{'name':' '}|name must not be blank.",
        "400|{'name':7}|name is not a string.",
        "400|{'metadata':[]}|metadata is not a JSON object.",
        "400|{|The body is not well-formed JSON."
      })
  void whatCannotBeKeptIsRefused(int status, String json, String detail) {
    Http.postJson(chats, json.replace('\'', '"'))
        .isProblem(status, status == 400 ? "malformed-request" : "invalid-field", detail);

    assertThat(tally.newChat(app)).isEqualTo(1);
  }

  @Test
  void textsAreBounded() {
    String name = "🎉".repeat(255);
    String metadata = "{\"a\":\"" + "x".repeat(16 * 1024 - 8) + "\"}";

    Http.postJson(chats, "{\"name\":\"%s🎉\"}".formatted(name))
        .isProblem(422, "invalid-field", "name must be at most 255 characters long.");
    Http.postJson(chats, "{\"metadata\":%s}".formatted(metadata.replace("\"}", "x\"}")))
        .isProblem(422, "invalid-field", "metadata must be at most 16,384 bytes long.");
    Http.postJson(chats, "{\"name\":\"%s\",\"metadata\":%s}".formatted(name, metadata)).is(201);

    assertThat(read(1).path("name").asString()).isEqualTo(name);
    assertThat(read(1).path("metadata").toString()).isEqualTo(metadata);
  }

  /** A page of chats ends at 1 MiB, as one of messages does. */
  @Test
  void aPageOfLongChatsIsShort() {
    String json = "{\"metadata\":{\"a\":\"" + "x".repeat(16_000) + "\"}}";
    for (int i = 0; i < 80; i++) {
      Http.postJson(chats, json).is(201);
    }
    read(80);

    Http.Answer page = Http.get(tally.appUrl(app) + "/chats?limit=1000").is(200);
    assertThat(page.body().length()).isLessThan(1_100_000);
    assertThat(page.json().size()).isBetween(60, 70);
    long last = page.json().get(page.json().size() - 1).path("number").asLong();
    assertThat(page.header("Link")).hasValue("<?limit=1000&after=" + last + ">; rel=\"next\"");
    JsonNode rest = Http.get(tally.appUrl(app) + "/chats?limit=1000&after=" + last).json();
    assertThat(rest.get(0).path("number").asLong()).isEqualTo(last + 1);
    assertThat(rest.get(rest.size() - 1).path("number").asLong()).isEqualTo(80);
  }

  @Test
  void aRepeatedRequestSaysTheSame() {
    String[] key = {"Idempotency-Key", "chat-1"};
    String json = "{\"name\":\"Support\",\"metadata\":{\"a\":1}}";

    assertThat(Http.postJson(chats, json, key).is(201).number("chat_number")).isEqualTo(1);
    assertThat(Http.postJson(chats, json, key).is(201).number("chat_number")).isEqualTo(1);
    for (String other :
        List.of(json.replace("Support", "Sales"), json.replace(":1}", ":2}"), "{}")) {
      Http.postJson(chats, other, key)
          .isProblem(422, "idempotency-key-reused", "Idempotency key reused");
    }
    assertThat(tally.newChat(app)).isEqualTo(2);
  }

  private JsonNode read(long number) {
    return await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(tally.chatUrl(app, number)), answer -> answer.status() == 200)
        .json();
  }
}

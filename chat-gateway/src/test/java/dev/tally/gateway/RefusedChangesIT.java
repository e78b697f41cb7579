package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Edits and deletions that a gateway refuses. None of them takes a number. */
class RefusedChangesIT extends ChangesFixture {

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "PATCH", "DELETE"})
  void whatDoesNotExistIsNotFoundAndTakesNoNumber(String method) {
    ChangedChat chat = chat();
    String body = method.equals("DELETE") ? null : "{\"body\":\"x\"}";

    for (String message : new String[] {"3", "0", "x", "999999999999999", "1000000000000000"}) {
      chat.change(method, message, body).isProblem(404, "message-not-found", "Message not found");
    }
    for (String other : new String[] {"2", "0"}) {
      fixture
          .change(gateway, method, "/apps/" + chat.app() + "/chats/" + other + "/messages/1", body)
          .isProblem(404, "chat-not-found", "Chat not found");
    }
    new ChangedChat(fixture, gateway, "ab".repeat(16))
        .change(method, 1, body)
        .isProblem(404, "app-not-found", "App not found");

    assertThat(chat.jobs()).hasSize(3);
    assertThat(chat.change(method, 2, body).is(200).number("change_number")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUT|{}|body must not be blank.",
        "PUT||body must not be blank.",
        "PUT|{\"body\":\"\"}|body must not be blank.",
        "PUT|{\"body\":\"x\",\"reply_to\":1}|reply_to is not known here. Leave it out, or send: author, body, expected_revision, metadata.",
        "PUT|{\"body\":\"x\",\"author\":\" \"}|author must not be blank.",
        "PUT|{\"body\":\"x\",\"expected_revision\":-1}|expected_revision must be a whole number from 0 on.",
        "PUT|{\"body\":\"x\",\"expected_revision\":null}|expected_revision must be a whole number from 0 on.",
        "PATCH|{\"body\":\"x\",\"expected_revision\":null}|expected_revision must be a whole number from 0 on.",
        "PUT|{\"body\":\"x\",\"expected_revision\":1000000000000000}|expected_revision must be a whole number from 0 on.",
        "PATCH|{\"author\":\"ann\"}|body or metadata must be there; what is left out stays as it is.",
        "PATCH|{\"body\":null}|body or metadata must be there; what is left out stays as it is.",
        "PATCH||body or metadata must be there; what is left out stays as it is.",
        "PATCH|{\"body\":\" \"}|body must not be blank.",
        "PATCH|{\"body\":\"x\",\"revision\":1}|revision is not known here. Leave it out, or send: author, body, expected_revision, metadata."
      })
  void aFieldThatIsWrongIsNamed(String method, @Nullable String body, String error) {
    ChangedChat chat = chat();

    chat.change(method, 1, body).isProblem(422, "invalid-field", error);

    assertThat(chat.jobs()).hasSize(3);
  }

  @Test
  void aDeletionIsReadFromTheQueryOnly() {
    ChangedChat chat = chat();

    chat.change("DELETE", "1?author=", null)
        .isProblem(422, "invalid-field", "author must not be blank.");
    chat.change("DELETE", "1?expected_revison=3", null)
        .isProblem(
            422,
            "invalid-field",
            "expected_revison is not known here. Leave it out, or send: author, expected_revision.");
    chat.change("DELETE", "1?expected_revision=x", null).is(422);
    for (String query : new String[] {"author=a&author=b", "author=%FF"}) {
      chat.change("DELETE", "1?" + query, null)
          .isProblem(
              400,
              "malformed-request",
              "The query cannot be read: send UTF-8, percent-encoded, and each parameter once.");
    }
    chat.change("DELETE", 1, "{\"author\":\"ann\"}")
        .isProblem(
            400,
            "malformed-request",
            "A DELETE has no body here: send author and expected_revision in the query.");
    assertThat(chat.jobs()).hasSize(3);
  }

  /** What the parameter says would be gone, and an edit would overwrite any revision. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PUT|/chats/1/messages/1|application/json|{'body':'x'}",
        "PATCH|/chats/1/messages/1|application/json|{'body':'x'}",
        "PUT|/chats/1/messages/1|application/x-www-form-urlencoded|body=x",
        "PATCH|/chats/1/messages|application/x-ndjson|{'message_number':1,'body':'x'}",
        "PATCH|/chats/1|application/json|{'name':'x'}"
      })
  void aParameterBesideABodyIsNamed(String method, String path, String type, String body) {
    ChangedChat chat = chat();
    String url =
        "http://127.0.0.1:%d/apps/%s%s".formatted(GatewayFixture.port(gateway), chat.app(), path);

    send(method, url + "?expected_revision=3", type, body)
        .isProblem(
            422,
            "invalid-field",
            "expected_revision is not known in the query here."
                + " Leave it out, or send it in the body.");

    assertThat(chat.jobs()).hasSize(3);
    assertThat(send(method, url, type, body).status()).isIn(200, 201);
    assertThat(chat.jobs()).hasSize(4);
  }

  private static Http.Answer send(String method, String url, String type, String body) {
    return Http.send(
        Http.request(url, "Content-Type", type)
            .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'))));
  }

  @Test
  void aClientThatTakesNoJsonIsRefusedBeforeAnythingIsWritten() {
    ChangedChat chat = chat();

    chat.change("DELETE", 1, null, "Accept", "text/html").is(406);

    assertThat(chat.jobs()).hasSize(3);
  }
}

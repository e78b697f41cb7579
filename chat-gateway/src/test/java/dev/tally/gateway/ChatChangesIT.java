package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.Job;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Edits and deletions of chats, as a whole gateway takes them. */
class ChatChangesIT extends ChangesFixture {

  /** Its chat has two messages. */
  private ChangedChat messages;

  @BeforeEach
  void newChat() {
    messages = chat();
  }

  private Http.Answer change(String method, @Nullable String body, String... headers) {
    return changeOf("1", method, body, headers);
  }

  private Http.Answer changeOf(
      String chat, String method, @Nullable String body, String... headers) {
    return fixture.change(
        gateway, method, "/apps/%s/chats/%s".formatted(messages.app(), chat), body, headers);
  }

  private static void assertAccepted(Http.Answer answer, long change) {
    assertThat(answer.is(200).body())
        .isEqualTo("{\"chat_number\":1,\"change_number\":%d}".formatted(change));
  }

  private Job.ChangedChat lastChange() {
    return (Job.ChangedChat) messages.jobs().getLast();
  }

  private static void assertDeleted(Http.Answer answer) {
    answer.isProblem(410, "chat-deleted", "Chat deleted");
  }

  @Test
  void changesOfAChatAreNumberedWithThoseOfItsMessages() {
    messages.change("DELETE", 1, null).is(200);

    assertAccepted(change("PATCH", "{\"name\":\"Den\"}"), 2);
    messages.change("PATCH", 2, "{\"body\":\"x\"}").is(200);
    assertAccepted(change("DELETE", null), 4);

    assertThat(lastChange().chat()).isEqualTo(new ChatName(new AppToken(messages.app()), 1));
    assertThat(lastChange().number()).isEqualTo(4);
    assertThat(lastChange().change()).isEqualTo(new ChatChange.Deletion());
  }

  @Test
  void anEditSaysWhatWhoAndOfWhichRevision() {
    change(
            "PATCH",
            "{\"name\":\"Den\",\"metadata\":{\"a\": 1.0},\"author\":\"ann\",\"expected_revision\":0}")
        .is(200);
    assertThat(lastChange().change())
        .isEqualTo(new ChatChange.Edit(true, "Den", true, "{\"a\":1.0}"));
    assertThat(lastChange().author()).isEqualTo("ann");
    assertThat(lastChange().expectedRevision()).isEqualTo(0);

    change("PATCH", "{\"name\":null}").is(200);
    assertThat(lastChange().change()).isEqualTo(new ChatChange.Edit(true, null, false, null));
    change("PATCH", "{\"metadata\":null}").is(200);
    assertThat(lastChange().change()).isEqualTo(new ChatChange.Edit(false, null, true, null));
    changeOf("1?author=b%C3%B6b", "DELETE", null).is(200);
    assertThat(lastChange().author()).isEqualTo("böb");
    assertThat(lastChange().expectedRevision()).isNull();
  }

  @Test
  void aFormWillDo() {
    String url =
        "http://127.0.0.1:%d/apps/%s/chats/1"
            .formatted(GatewayFixture.port(gateway), messages.app());
    assertAccepted(
        Http.send(
            Http.request(url, "Content-Type", "application/x-www-form-urlencoded")
                .method("PATCH", HttpRequest.BodyPublishers.ofString("name=&metadata=%7B%7D"))),
        1);
    assertThat(lastChange().change()).isEqualTo(new ChatChange.Edit(true, null, true, "{}"));
  }

  @Test
  void nothingIsWrittenToADeletedChat() {
    change("DELETE", null).is(200);
    int jobs = messages.jobs().size();

    assertDeleted(fixture.say(gateway, messages.app(), 1, "late"));
    assertDeleted(messages.change("PUT", 1, "{\"body\":\"x\"}"));
    assertDeleted(messages.change("DELETE", 1, null));
    assertDeleted(messages.change("DELETE", 99, null));
    assertDeleted(change("PATCH", "{\"name\":\"x\"}"));
    assertDeleted(change("DELETE", null));

    assertThat(messages.jobs()).hasSize(jobs);
    assertThat(fixture.post(gateway, "/apps/" + messages.app() + "/chats").number("chat_number"))
        .isEqualTo(2);
    fixture.say(gateway, messages.app(), 2, "another chat").is(201);
  }

  /** It is deleted in MySQL, and Redis has no counter of it any more. */
  @Test
  void norIfRedisDoesNotKnowTheChat() {
    change("DELETE", null).is(200);
    AppToken app = new AppToken(messages.app());
    String counter = messages.keys().messages(new ChatName(app, 1));
    redis.delete(counter);

    assertDeleted(fixture.say(gateway, messages.app(), 1, "late"));

    redis.delete(messages.keys().jobs(app));
    JdbcClient.create(fixture.servers().dataSource())
        .sql(
            """
            INSERT INTO chats (app_id, number, created_at, deleted_at)
            SELECT id, 1, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM apps WHERE token = ?""")
        .param(messages.app())
        .update();
    assertDeleted(fixture.say(gateway, messages.app(), 1, "late"));
    assertDeleted(change("DELETE", null));
    assertThat(redis.hasKey(counter)).isFalse();
  }

  @Test
  void theSameRequestWithTheSameKeyHappensOnce() {
    assertAccepted(change("PATCH", "{\"name\":\"Den\"}", "Idempotency-Key", "k"), 1);
    assertAccepted(change("PATCH", "{\"name\":\"Den\"}", "Idempotency-Key", "k"), 1);
    assertAccepted(change("DELETE", null, "Idempotency-Key", "d"), 2);
    assertAccepted(change("DELETE", null, "Idempotency-Key", "d"), 2);

    for (String body : new String[] {"{\"name\":\"den\"}", "{\"name\":null,\"metadata\":{}}"}) {
      change("PATCH", body, "Idempotency-Key", "k")
          .isProblem(422, "idempotency-key-reused", "Idempotency key reused");
    }
    change("DELETE", null, "Idempotency-Key", "k")
        .isProblem(422, "idempotency-key-reused", "Idempotency key reused");
  }

  @Test
  void removingTheNameIsAnotherRequestThanKeepingIt() {
    change("PATCH", "{\"metadata\":{}}", "Idempotency-Key", "k").is(200);

    change("PATCH", "{\"metadata\":{},\"name\":null}", "Idempotency-Key", "k")
        .isProblem(422, "idempotency-key-reused", "Idempotency key reused");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | name or metadata must be there; what is left out stays as it is.",
        "{'author':'ann'} | name or metadata must be there; what is left out stays as it is.",
        "{'name':' '} | name must not be blank.",
        "{'body':'x'} | body is not known here. Leave it out, or send: author, expected_revision,"
            + " metadata, name.",
        "{'name':'x','expected_revision':-1} | expected_revision must be a whole number from 0 on.",
        "{'name':'x','expected_revision':null} | expected_revision must be a whole number from 0"
            + " on."
      })
  void aWrongEditIsRefused(String body, String error) {
    change("PATCH", body.replace('\'', '"')).isProblem(422, "invalid-field", error);
    assertThat(messages.jobs()).hasSize(3);
  }

  @Test
  void whatDoesNotExistOrSaysTooMuchIsRefused() {
    changeOf("2", "PATCH", "{\"name\":\"x\"}").isProblem(404, "chat-not-found", "Chat not found");
    changeOf("2", "DELETE", null).isProblem(404, "chat-not-found", "Chat not found");
    changeOf("x", "DELETE", null).isProblem(404, "chat-not-found", "Chat not found");
    change("DELETE", "{\"author\":\"a\"}")
        .isProblem(
            400, "malformed-request", "A DELETE has no body here: send the author in the query.");
    changeOf("1?expected_revision=1", "DELETE", null)
        .isProblem(
            422,
            "invalid-field",
            "expected_revision is not known here. Leave it out, or send: author.");
    assertThat(messages.jobs()).hasSize(3);
  }
}

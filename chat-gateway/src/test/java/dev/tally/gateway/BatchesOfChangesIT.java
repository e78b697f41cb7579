package dev.tally.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.queue.Job;
import dev.tally.common.queue.MessageChange;
import dev.tally.testkit.http.Http;
import java.net.http.HttpRequest;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.ConfigurableApplicationContext;

/** Batches of edits and deletions, as a whole gateway takes them: all lines or none. */
class BatchesOfChangesIT extends ChangesFixture {

  private static final String EDIT = "{\"message_number\":1,\"body\":\"x\"}\n";
  private static final String DELETION = "{\"message_number\":2,\"deleted\":true}\n";

  private static void assertAccepted(Http.Answer answer, long first, long last) {
    assertThat(answer.is(200).body())
        .isEqualTo("{\"first_change_number\":%d,\"last_change_number\":%d}".formatted(first, last));
  }

  @Test
  void theLinesAreNumberedInTheirOrderBehindEarlierChanges() {
    ChangedChat chat = chat();
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    chat.change("PUT", 1, "{\"body\":\"one!\"}").is(200);

    assertAccepted(
        chat.batch(
            """
            {"message_number":2,"body":"two!","author":"ann","expected_revision":0}
            {"message_number":1,"metadata":{"a": 1.0}}
            {"message_number":2,"body":"2","metadata":null,"deleted":null}
            {"message_number":1,"deleted":true,"author":"bob","expected_revision":3}""",
            "traceparent",
            trace),
        2,
        5);
    assertThat(chat.change("DELETE", 1, null).number("change_number")).isEqualTo(6);

    List<Job> jobs = chat.jobs();
    assertChange(jobs.get(4), 2, 2, new MessageChange.Edit("two!", false, null), "ann", 0L);
    assertChange(jobs.get(5), 3, 1, new MessageChange.Edit(null, true, "{\"a\":1.0}"), null, null);
    assertChange(jobs.get(6), 4, 2, new MessageChange.Edit("2", true, null), null, null);
    assertChange(jobs.get(7), 5, 1, new MessageChange.Deletion(), "bob", 3L);
    assertThat(((Job.ChangedMessage) jobs.get(7)).traceparent()).isEqualTo(trace);
    assertThat(jobs).hasSize(9);
  }

  private static void assertChange(
      Job job,
      long number,
      long message,
      MessageChange change,
      @Nullable String author,
      @Nullable Long expectedRevision) {
    Job.ChangedMessage changed = (Job.ChangedMessage) job;
    assertThat(changed.number()).isEqualTo(number);
    assertThat(changed.message().number()).isEqualTo(message);
    assertThat(changed.change()).isEqualTo(change);
    assertThat(changed.author()).isEqualTo(author);
    assertThat(changed.expectedRevision()).isEqualTo(expectedRevision);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"body\":\"x\"}|message_number must be a whole number from 1 on.",
        "{\"message_number\":0,\"body\":\"x\"}|message_number must be a whole number from 1 on.",
        "{\"message_number\":1}|body or metadata must be there; what is left out stays as it is.",
        "{\"message_number\":1,\"body\":\" \"}|body must not be blank.",
        "{\"message_number\":1,\"deleted\":false}|deleted must be true; leave it out otherwise.",
        "{\"message_number\":1,\"deleted\":true,\"body\":\"x\"}|deleted stands without body and metadata: leave them out, or deleted.",
        "{\"message_number\":1,\"deleted\":true,\"metadata\":null}|deleted stands without body and metadata: leave them out, or deleted.",
        "{\"message_number\":1,\"deleted\":true,\"expected_revision\":-1}|expected_revision must be a whole number from 0 on.",
        "{\"message_number\":1,\"deleted\":true,\"expected_revision\":null}|expected_revision must be a whole number from 0 on.",
        "{\"message_number\":1,\"number\":1,\"deleted\":true}|number is not known here. Leave it out, or send: author, body, deleted, expected_revision, message_number, metadata."
      })
  void aLineThatIsWrongIsNamedAndNothingIsAccepted(String line, String error) {
    ChangedChat chat = chat();

    chat.batch(EDIT + line + "\n" + EDIT).isProblem(422, "invalid-field", "Line 2: " + error);

    assertThat(chat.jobs()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"message_number\":1,\"deleted\":\"true\"}|deleted is not true.",
        "{\"message_number\":1,\"deleted\":1}|deleted is not true.",
        "{\"message_number\":\"1\",\"deleted\":true}|message_number is not a number.",
        "[]|The body is not a JSON object."
      })
  void aLineThatCannotBeReadIsNamed(String line, String detail) {
    ChangedChat chat = chat();

    chat.batch(EDIT + DELETION + line).isProblem(400, "malformed-request", "Line 3: " + detail);

    assertThat(chat.jobs()).hasSize(3);
  }

  @Test
  void theFirstMessageThatDoesNotExistIsNamedAndNothingIsAccepted() {
    ChangedChat chat = chat();
    String third = "{\"message_number\":3,\"deleted\":true}\n";
    String fourth = "{\"message_number\":4,\"deleted\":true}\n";

    Http.Answer answer = chat.batch(EDIT + DELETION + third + fourth + EDIT);

    answer.isProblem(404, "message-not-found", "Message not found");
    assertThat(answer.text("detail"))
        .isEqualTo("Line 3: The chat has no message with this number.");
    assertThat(chat.batch(fourth).is(404).text("detail")).startsWith("Line 1: ");
    assertThat(chat.jobs()).hasSize(3);
    for (String other : new String[] {"2", "0", "x"}) {
      send(gateway, chat.app(), other, "application/x-ndjson", EDIT)
          .isProblem(404, "chat-not-found", "Chat not found");
    }
    send(gateway, "ab".repeat(16), "1", "application/x-ndjson", EDIT)
        .isProblem(404, "app-not-found", "App not found");
    assertAccepted(chat.batch(DELETION), 1, 1);
  }

  @ParameterizedTest
  @CsvSource({"application/json", "application/x-www-form-urlencoded", "text/plain", ","})
  void anotherTypeIsRefusedWithWhatToDo(@Nullable String type) {
    ChangedChat chat = chat();

    Http.Answer answer = send(gateway, chat.app(), "1", type, EDIT);

    answer.isProblem(415, "unsupported-media-type", "Unsupported media type");
    assertThat(answer.text("detail"))
        .isEqualTo(
            "Send application/x-ndjson with a change on each line."
                + " To change one message with JSON or a form, add its number to the path.");
    assertThat(chat.jobs()).hasSize(3);
  }

  @Test
  void aClientThatTakesNoJsonIsRefusedBeforeAnythingIsWritten() {
    ChangedChat chat = chat();

    chat.batch(EDIT, "Accept", "text/html").is(406);

    assertThat(chat.jobs()).hasSize(3);
  }

  @Test
  void aBatchHasTheBoundsOfABatchOfMessages() {
    ChangedChat chat = chat();

    assertAccepted(chat.batch(lines(1_000)), 1, 1_000);
    chat.batch(lines(1_001)).isProblem(413, "body-too-large", "Body too large");
    String long1 = "{\"message_number\":1,\"body\":\"" + "x".repeat(10_000) + "\"}\n";
    assertAccepted(chat.batch(long1.repeat(104)), 1_001, 1_104);
    chat.batch(long1.repeat(105)).isProblem(413, "body-too-large", "Body too large");
    chat.batch("").isProblem(400, "malformed-request", "The batch has no lines.");
  }

  private static String lines(int count) {
    return String.join("", Collections.nCopies(count, EDIT));
  }

  @Test
  void limitsCountEachLine() {
    ChangedChat chat = chat();
    try (ConfigurableApplicationContext limited =
        fixture.start(
            "--tally.gateway.rate-limit.per-second=1", "--tally.gateway.rate-limit.burst=4")) {
      send(limited, chat.app(), "1", "application/x-ndjson", lines(3)).is(200);

      send(limited, chat.app(), "1", "application/x-ndjson", lines(3))
          .isProblem(429, "rate-limited", "Too many requests");
    }
  }

  @Test
  void theSameBatchWithTheSameKeyHappensOnce() {
    ChangedChat chat = chat();

    assertAccepted(chat.batch(EDIT + DELETION, "Idempotency-Key", "k"), 1, 2);
    assertAccepted(chat.batch(EDIT + DELETION), 3, 4);
    assertAccepted(chat.batch(EDIT + DELETION, "Idempotency-Key", "k"), 1, 2);
    assertThat(chat.jobs()).hasSize(7);
    for (String other :
        new String[] {
          EDIT,
          DELETION + EDIT,
          EDIT + DELETION + EDIT,
          EDIT + EDIT.replace("1", "2"),
          EDIT + DELETION.replace("2", "1"),
          EDIT.replace("\"x\"", "\"y\"") + DELETION,
          EDIT.replace("}", ",\"metadata\":null}") + DELETION,
          EDIT.replace("}", ",\"metadata\":{}}") + DELETION,
          EDIT.replace("}", ",\"author\":\"a\"}") + DELETION,
          EDIT + DELETION.replace("}", ",\"expected_revision\":0}"),
        }) {
      chat.batch(other, "Idempotency-Key", "k")
          .isProblem(422, "idempotency-key-reused", "Idempotency key reused");
    }
    chat.change("PATCH", 1, "{\"body\":\"x\"}", "Idempotency-Key", "k").is(422);
    assertThat(chat.jobs()).hasSize(7);
  }

  @Test
  void aBatchOfOneLineIsAnotherRequestThanAChange() {
    ChangedChat chat = chat();

    chat.change("PATCH", 1, "{\"body\":\"x\"}", "Idempotency-Key", "k").is(200);

    chat.batch(EDIT, "Idempotency-Key", "k").is(422);
  }

  private static Http.Answer send(
      ConfigurableApplicationContext to,
      String app,
      String chat,
      @Nullable String type,
      String lines) {
    String url =
        "http://127.0.0.1:%d/apps/%s/chats/%s/messages"
            .formatted(GatewayFixture.port(to), app, chat);
    HttpRequest.Builder request =
        type == null ? Http.request(url) : Http.request(url, "Content-Type", type);
    return Http.send(request.method("PATCH", HttpRequest.BodyPublishers.ofString(lines)));
  }
}

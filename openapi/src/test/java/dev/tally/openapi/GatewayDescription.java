package dev.tally.openapi;

import static dev.tally.common.web.problem.ProblemType.APP_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.BODY_TOO_LARGE;
import static dev.tally.common.web.problem.ProblemType.CHAT_DELETED;
import static dev.tally.common.web.problem.ProblemType.CHAT_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.FOREIGN_ORIGIN;
import static dev.tally.common.web.problem.ProblemType.IDEMPOTENCY_KEY_REUSED;
import static dev.tally.common.web.problem.ProblemType.INTERNAL_ERROR;
import static dev.tally.common.web.problem.ProblemType.INVALID_FIELD;
import static dev.tally.common.web.problem.ProblemType.MALFORMED_REQUEST;
import static dev.tally.common.web.problem.ProblemType.MESSAGE_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.NOT_ACCEPTABLE;
import static dev.tally.common.web.problem.ProblemType.QUEUE_FULL;
import static dev.tally.common.web.problem.ProblemType.RATE_LIMITED;
import static dev.tally.common.web.problem.ProblemType.REQUEST_TIMEOUT;
import static dev.tally.common.web.problem.ProblemType.TOO_MANY_IDEMPOTENCY_KEYS;
import static dev.tally.common.web.problem.ProblemType.UNAVAILABLE;
import static dev.tally.common.web.problem.ProblemType.UNSUPPORTED_MEDIA_TYPE;

import dev.tally.common.web.problem.ProblemType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The texts, schemas and examples of chat-gateway's document. */
final class GatewayDescription {

  static final String KEY =
      """
      For 24 hours (a deployment may set another time), the same key with the same request gets the same number again, \
      and nothing is written twice. The same key with another request gets a 422. Keys belong to an app. Example: `8c1f0a52-order-17`.""";

  static final String TRACE =
      "W3C Trace Context. It travels with the write through the queue. The gateway ignores a malformed"
          + " value. Example: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.";

  static final String REPEAT =
      """
      A 503 or a time-out leaves open whether the write was accepted. Repeat the write with an `Idempotency-Key`, and \
      it happens once.""";

  private static final String CHANGE =
      """
      The change gets the next change number of its chat, 1, 2, 3… without gaps. Changes are applied in the order of their \
      numbers, behind their messages; the last one wins, and a deletion is final. Whether this one has an effect turns out \
      when it is applied: the message may be deleted by then, or have another revision than `expected_revision`.""";

  private static final String MESSAGE = "/apps/{token}/chats/{chat}/messages/{number}";

  private GatewayDescription() {}

  static void describe(Document document) {
    document.info(
        "Tally: writes",
        """
        This service takes writes, and answers with their numbers: 1, 2, 3… without gaps. A write that got a 201, \
        or a change that got a 200, is persisted exactly once.

        %s"""
            .formatted(Shared.ERRORS));
    document.tag("chats", "The chats of an app.");
    document.tag("messages", "The messages of a chat.");
    document.record(
        "AcceptedChat",
        "dev.tally.gateway.chat.ChatController$Accepted",
        List.of(),
        Map.of("chat_number", Shared.NUMBER));
    document.record(
        "AcceptedMessage",
        "dev.tally.gateway.message.MessageController$AcceptedOne",
        List.of(),
        Map.of("message_number", Shared.NUMBER));
    document.record(
        "AcceptedBatch",
        "dev.tally.gateway.message.MessageController$AcceptedBatch",
        List.of(),
        Map.of("first_message_number", Shared.NUMBER, "last_message_number", Shared.NUMBER));
    document.record(
        "AcceptedChange",
        "dev.tally.gateway.change.ChangeController$Accepted",
        List.of(),
        Map.of("message_number", Shared.NUMBER, "change_number", Shared.NUMBER));
    document.record(
        "AcceptedChanges",
        "dev.tally.gateway.change.BatchController$Accepted",
        List.of(),
        Map.of("first_change_number", Shared.NUMBER, "last_change_number", Shared.NUMBER));
    document.record(
        "AcceptedErasure",
        "dev.tally.gateway.erasure.ErasureController$Accepted",
        List.of(),
        Map.of("author", "{}"));
    document.schema("NewChat", Shared.newChat());
    document.schema("NewMessage", Shared.newMessage());
    document.schema("ReplacedMessage", Shared.replacement());
    document.schema("EditedMessage", Shared.edit());
    chats(document);
    messages(document);
    changes(document);
    ChangesDescription.describeChatWrites(document);
    ChangesDescription.describeErasures(document);
    batch(document);
  }

  private static void chats(Document document) {
    document
        .route("POST", "/apps/{token}/chats")
        .is("chats", "createChat", "Create a chat", REPEAT)
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("Idempotency-Key", KEY, key())
        .parameter("traceparent", TRACE, "{\"type\": \"string\"}")
        .optionalBody(
            "What the chat says of itself, if anything",
            "NewChat",
            Map.of(
                "application/json",
                "{\"name\": \"Support\"}",
                "application/x-www-form-urlencoded",
                "{\"name\": \"Support\"}"))
        .answers(201, "The chat's number", Shared.reference("AcceptedChat"), "{\"chat_number\": 1}")
        .problems(writing());
  }

  private static void messages(Document document) {
    document
        .route("POST", "/apps/{token}/chats/{number}/messages")
        .is(
            "messages",
            "createMessages",
            "Create a message or a batch of messages",
            """
            A batch is `application/x-ndjson`, with a message on each of at most 1,000 lines. Its messages get \
            consecutive numbers, and either all of them are accepted or none. %s"""
                .formatted(REPEAT))
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("number", Shared.CHAT_TEXT, Shared.NUMBER)
        .parameter("Idempotency-Key", KEY, key())
        .parameter("traceparent", TRACE, "{\"type\": \"string\"}")
        .body(
            "A message, or a batch of messages as `application/x-ndjson`",
            "NewMessage",
            Map.of(
                "application/json",
                "{\"body\": \"Hello wörld 🎉\"}",
                "application/x-www-form-urlencoded",
                "{\"body\": \"Hello wörld 🎉\"}",
                "application/x-ndjson",
                "{\"body\":\"one\"}\n{\"body\":\"two\"}\n"))
        .answers(
            201,
            "The message's number, or the first and the last number of a batch",
            """
            {"oneOf": [%s, %s]}"""
                .formatted(Shared.reference("AcceptedMessage"), Shared.reference("AcceptedBatch")),
            "{\"message_number\": 1}")
        .problems(writing(CHAT_NOT_FOUND, CHAT_DELETED));
  }

  private static void changes(Document document) {
    change(
            document,
            "PUT",
            "replaceMessage",
            "Say a message again, as a whole",
            "What is left out is gone: without `metadata`, the message has none from now on.")
        .body(
            "What the message says from now on",
            "ReplacedMessage",
            bodies("{\"body\": \"Hello world\", \"author\": \"ann\"}"));
    change(
            document,
            "PATCH",
            "editMessage",
            "Edit a message",
            "What is left out stays as it is, and `\"metadata\": null` removes the metadata.")
        .body(
            "What changes, at least one of `body` and `metadata`",
            "EditedMessage",
            bodies("{\"body\": \"Hello world\", \"expected_revision\": 0}"));
    change(
            document,
            "DELETE",
            "deleteMessage",
            "Delete a message",
            "Its number stays given out. The request has no body.")
        .query(
            "author",
            "Who deletes the message, as the app names people. Tally does not look at it.",
            "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 128}")
        .query(
            "expected_revision",
            "The revision that the message must have, 0 if nobody may have changed it. With another"
                + " one, the deletion has no effect.",
            Shared.REVISION);
  }

  private static void batch(Document document) {
    document
        .route("PATCH", "/apps/{token}/chats/{number}/messages")
        .is(
            "messages",
            "changeMessages",
            "Edit and delete messages in a batch",
            """
            The batch is `application/x-ndjson`, with a change on each of at most 1,000 lines: the number of a message, \
            and what an edit of this message has or `"deleted": true`. The changes get consecutive numbers in the order \
            of the lines, and either all of them are accepted or none. An error names the line. %s"""
                .formatted(REPEAT))
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("number", Shared.CHAT_TEXT, Shared.NUMBER)
        .parameter("Idempotency-Key", KEY, key())
        .parameter("traceparent", TRACE, "{\"type\": \"string\"}")
        .body(
            "A change on each line",
            "EditedMessage",
            Map.of(
                "application/x-ndjson",
                """
                {"message_number":1,"body":"Hello world","expected_revision":0}
                {"message_number":2,"deleted":true,"author":"ann"}
                """))
        .answers(
            200,
            "The first and the last number of the changes",
            Shared.reference("AcceptedChanges"),
            "{\"first_change_number\": 1, \"last_change_number\": 2}")
        .problems(writing(CHAT_NOT_FOUND, MESSAGE_NOT_FOUND, CHAT_DELETED));
  }

  private static Route change(
      Document document, String method, String id, String summary, String description) {
    return document
        .route(method, MESSAGE)
        .is("messages", id, summary, "%s %s %s".formatted(description, CHANGE, REPEAT))
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER)
        .parameter("number", Shared.MESSAGE_TEXT, Shared.NUMBER)
        .parameter("Idempotency-Key", KEY, key())
        .parameter("traceparent", TRACE, "{\"type\": \"string\"}")
        .answers(
            200,
            "The message's number, and the change's",
            Shared.reference("AcceptedChange"),
            "{\"message_number\": 1, \"change_number\": 1}")
        .problems(writing(CHAT_NOT_FOUND, MESSAGE_NOT_FOUND, CHAT_DELETED));
  }

  static Map<String, String> bodies(String json) {
    return Map.of("application/json", json, "application/x-www-form-urlencoded", json);
  }

  /** What a write can be answered with. */
  static ProblemType[] writing(ProblemType... more) {
    return Stream.concat(
            Stream.of(
                MALFORMED_REQUEST,
                FOREIGN_ORIGIN,
                APP_NOT_FOUND,
                NOT_ACCEPTABLE,
                REQUEST_TIMEOUT,
                BODY_TOO_LARGE,
                UNSUPPORTED_MEDIA_TYPE,
                INVALID_FIELD,
                IDEMPOTENCY_KEY_REUSED,
                RATE_LIMITED,
                TOO_MANY_IDEMPOTENCY_KEYS,
                INTERNAL_ERROR,
                UNAVAILABLE,
                QUEUE_FULL),
            Stream.of(more))
        .toArray(ProblemType[]::new);
  }

  static String key() {
    return """
    {"type": "string", "pattern": "^[!-~]{1,255}$"}""";
  }
}

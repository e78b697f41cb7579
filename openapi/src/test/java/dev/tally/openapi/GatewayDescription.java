package dev.tally.openapi;

import static dev.tally.common.web.problem.ProblemType.APP_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.BODY_TOO_LARGE;
import static dev.tally.common.web.problem.ProblemType.CHAT_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.FOREIGN_ORIGIN;
import static dev.tally.common.web.problem.ProblemType.IDEMPOTENCY_KEY_REUSED;
import static dev.tally.common.web.problem.ProblemType.INTERNAL_ERROR;
import static dev.tally.common.web.problem.ProblemType.INVALID_FIELD;
import static dev.tally.common.web.problem.ProblemType.MALFORMED_REQUEST;
import static dev.tally.common.web.problem.ProblemType.NOT_ACCEPTABLE;
import static dev.tally.common.web.problem.ProblemType.QUEUE_FULL;
import static dev.tally.common.web.problem.ProblemType.RATE_LIMITED;
import static dev.tally.common.web.problem.ProblemType.REQUEST_TIMEOUT;
import static dev.tally.common.web.problem.ProblemType.TOO_MANY_IDEMPOTENCY_KEYS;
import static dev.tally.common.web.problem.ProblemType.UNAVAILABLE;
import static dev.tally.common.web.problem.ProblemType.UNSUPPORTED_MEDIA_TYPE;

import java.util.List;
import java.util.Map;

/** The texts, schemas and examples of chat-gateway's document. */
final class GatewayDescription {

  private static final String KEY =
      """
      For 24 hours (a deployment may set another time), the same key with the same request gets the same number again, \
      and nothing is written twice. The same key with another request gets a 422. Keys belong to an app. Example: `8c1f0a52-order-17`.""";

  private static final String TRACE =
      "W3C Trace Context. It travels with the write through the queue. The gateway ignores a malformed"
          + " value. Example: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`.";

  private static final String REPEAT =
      """
      A 503 or a time-out leaves open whether the write was accepted. Repeat the write with an `Idempotency-Key`, and \
      it happens once.""";

  private GatewayDescription() {}

  static void describe(Document document) {
    document.info(
        "Tally: writes",
        """
        This service takes writes, and answers with their numbers: 1, 2, 3… without gaps. A write that got a 201 is \
        persisted exactly once.

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
    document.schema("NewChat", Shared.newChat());
    document.schema("NewMessage", Shared.newMessage());
    chats(document);
    messages(document);
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
        .problems(
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
            QUEUE_FULL);
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
        .problems(
            MALFORMED_REQUEST,
            FOREIGN_ORIGIN,
            APP_NOT_FOUND,
            CHAT_NOT_FOUND,
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
            QUEUE_FULL);
  }

  private static String key() {
    return """
    {"type": "string", "pattern": "^[!-~]{1,255}$"}""";
  }
}

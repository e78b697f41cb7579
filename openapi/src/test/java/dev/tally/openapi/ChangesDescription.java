package dev.tally.openapi;

import static dev.tally.common.web.problem.ProblemType.APP_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.CHAT_DELETED;
import static dev.tally.common.web.problem.ProblemType.CHAT_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.CHAT_SET_ASIDE;
import static dev.tally.common.web.problem.ProblemType.MESSAGE_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.MESSAGE_SET_ASIDE;
import static dev.tally.common.web.problem.ProblemType.NOT_PERSISTED_YET;

import java.util.List;
import java.util.Map;

/** Describes what edits and deletions leave behind, and the routes that list them. */
final class ChangesDescription {

  static final String CHANGES_COUNT =
      """
      {"type": "integer", "format": "int64", "minimum": 0, "description": "The number of persisted changes of the \
      chat and its messages, those without effect included."}""";

  static final String DELETED_COUNT =
      """
      {"type": "integer", "format": "int64", "minimum": 0, "description": "How many of its messages are deleted. They \
      stay in `messages_count`."}""";

  static final String EDITED_TIME =
      """
      {"type": "string", "format": "date-time", "description": "Only if the message was edited: when its last edit was \
      accepted."}""";

  static final String DELETED_TIME =
      """
      {"type": "string", "format": "date-time", "description": "Only if the message is deleted: when its deletion was \
      accepted."}""";

  static final String REVISION =
      """
      {"type": "integer", "format": "int64", "minimum": 1, "maximum": 999999999999999, "description": "Only if the \
      message was changed: the number of the last change that had an effect on it, among the changes of its chat."}""";

  static final String CHAT_EDITED_TIME =
      """
      {"type": "string", "format": "date-time", "description": "Only if the chat was edited: when its last edit was \
      accepted."}""";

  static final String CHAT_DELETED_TIME =
      """
      {"type": "string", "format": "date-time", "description": "Only if the chat is deleted: when its deletion was \
      accepted."}""";

  static final String CHAT_REVISION =
      """
      {"type": "integer", "format": "int64", "minimum": 1, "maximum": 999999999999999, "description": "Only if the \
      chat itself was changed: the number of the last change that had an effect on it."}""";

  private static final String CHAT = "/apps/{token}/chats/{number}";

  private static final String EXAMPLE =
      """
      [
        {
          "number": 1,
          "message_number": 5,
          "kind": "edit",
          "effect": "applied",
          "author": "anna",
          "before": {"body": "Helo", "metadata": {"mood": "calm"}},
          "created_at": "2026-11-25T09:11:02.514093Z"
        }
      ]""";

  private static final String IN_ORDER =
      """
      In number order, those without effect included. Changes of messages that are deleted have no `before`.\s""";

  private ChangesDescription() {}

  static void describe(Document document) {
    schemas(document);
    Route ofChat =
        document
            .route("GET", "/apps/{token}/chats/{chat}/changes")
            .is(
                "messages",
                "listChanges",
                "List the changes of a chat and its messages",
                IN_ORDER + ApiDescription.PAGES)
            .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
            .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER);
    ChatsDescription.page(ofChat)
        .answers(200, "Changes", Shared.arrayOf("Change"), EXAMPLE, "Link")
        .problems(
            ApiDescription.reading(
                APP_NOT_FOUND, CHAT_NOT_FOUND, NOT_PERSISTED_YET, CHAT_SET_ASIDE, CHAT_DELETED));
    Route ofMessage =
        document
            .route("GET", "/apps/{token}/chats/{chat}/messages/{number}/changes")
            .is(
                "messages",
                "listMessageChanges",
                "List the changes of a message",
                IN_ORDER + "The numbers are those of the chat's changes. " + ApiDescription.PAGES)
            .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
            .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER)
            .parameter("number", "The message's number in its chat.", Shared.NUMBER);
    ChatsDescription.page(ofMessage)
        .answers(200, "Changes", Shared.arrayOf("Change"), EXAMPLE, "Link")
        .problems(
            ApiDescription.reading(
                APP_NOT_FOUND,
                CHAT_NOT_FOUND,
                MESSAGE_NOT_FOUND,
                NOT_PERSISTED_YET,
                CHAT_SET_ASIDE,
                MESSAGE_SET_ASIDE,
                CHAT_DELETED));
  }

  /** Describes how the gateway takes changes of chats. */
  static void describeChatWrites(Document document) {
    document.record(
        "AcceptedChatChange",
        "dev.tally.gateway.chat.ChatChangeController$Accepted",
        List.of(),
        Map.of("chat_number", Shared.NUMBER, "change_number", Shared.NUMBER));
    document.schema("EditedChat", Shared.chatEdit());
    chatWrite(
            document,
            "PATCH",
            "editChat",
            "Edit a chat",
            """
            What is left out stays as it is, and `null` removes it. Changes of a chat have numbers among those of its \
            messages.""")
        .body(
            "What changes, at least one of `name` and `metadata`",
            "EditedChat",
            GatewayDescription.bodies("{\"name\": \"Support\", \"expected_revision\": 0}"));
    chatWrite(
            document,
            "DELETE",
            "deleteChat",
            "Delete a chat, with all that was said in it",
            """
            From the answer on, nothing can be written to the chat; once the deletion is persisted, nothing of it can \
            be read. Its number stays given out. The request has no body.""")
        .query(
            "author",
            "Who deletes the chat, as the app names people. Tally does not look at it.",
            "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 128}");
  }

  private static Route chatWrite(
      Document document, String method, String id, String summary, String description) {
    return document
        .route(method, CHAT)
        .is("chats", id, summary, description + " " + GatewayDescription.REPEAT)
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("number", Shared.CHAT_TEXT, Shared.NUMBER)
        .parameter("Idempotency-Key", GatewayDescription.KEY, GatewayDescription.key())
        .parameter("traceparent", GatewayDescription.TRACE, "{\"type\": \"string\"}")
        .answers(
            200,
            "The chat's number, and the change's",
            Shared.reference("AcceptedChatChange"),
            "{\"chat_number\": 1, \"change_number\": 1}")
        .problems(GatewayDescription.writing(CHAT_NOT_FOUND, CHAT_DELETED));
  }

  /** Describes how the gateway takes erasures. */
  static void describeErasures(Document document) {
    document
        .route("DELETE", "/apps/{token}/messages")
        .is(
            "messages",
            "eraseAuthor",
            "Have an author's messages erased",
            """
            All messages with exactly this author are erased, in all chats of the app, behind all that was accepted \
            before. It takes no number. The request has no body. %s"""
                .formatted(GatewayDescription.REPEAT))
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .query(
            "author",
            "Whose messages, as the app names people.",
            "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 128}")
        .requires("author")
        .parameter("Idempotency-Key", GatewayDescription.KEY, GatewayDescription.key())
        .parameter("traceparent", GatewayDescription.TRACE, "{\"type\": \"string\"}")
        .answers(
            202,
            "The author whose messages are going to be erased",
            Shared.reference("AcceptedErasure"),
            "{\"author\": \"ann\"}")
        .problems(GatewayDescription.writing());
  }

  private static void schemas(Document document) {
    document.record(
        "Before",
        "dev.tally.api.change.ChangeView$Before",
        List.of("body", "name", "metadata"),
        Map.of(
            "body",
            """
            {"description": "Of a message."}""",
            "name",
            """
            {"description": "Of a chat, if it had one."}""",
            "metadata",
            """
            {"type": "object", "description": "Only if the message had it."}"""));
    document.record(
        "Change",
        "dev.tally.api.change.ChangeView",
        List.of("message_number", "kind", "author", "before"),
        Map.of(
            "number",
            Shared.NUMBER,
            "message_number",
            """
            {"type": "integer", "format": "int64", "minimum": 1, "maximum": 999999999999999, "description": "The \
            message that was changed. A change of the chat itself has none."}""",
            "kind",
            """
            {"type": "string", "enum": ["edit", "delete"]}""",
            "effect",
            """
            {"type": "string", "enum": ["applied", "none", "conflict", "pending", "lost"], "description": "`none`: the \
            message was deleted, or what was to be changed is lost, or a later change had come first. `conflict`: it had another revision than the \
            change expected. `pending`: it could not be persisted yet. `lost`: nothing is left of the change but its \
            number."}""",
            "author",
            """
            {"description": "Who made the change, as the app names people; only if the change says so."}""",
            "before",
            """
            {"description": "What the message or the chat said before; only if an edit was applied and the message is \
            not deleted."}""",
            "created_at",
            ApiDescription.TIME));
  }
}

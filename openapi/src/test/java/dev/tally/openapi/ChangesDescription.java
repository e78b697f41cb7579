package dev.tally.openapi;

import static dev.tally.common.web.problem.ProblemType.APP_NOT_FOUND;
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
      chat's messages, those without effect included."}""";

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
                "List the changes of a chat",
                IN_ORDER + ApiDescription.PAGES)
            .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
            .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER);
    ChatsDescription.page(ofChat)
        .answers(200, "Changes", Shared.arrayOf("Change"), EXAMPLE, "Link")
        .problems(
            ApiDescription.reading(
                APP_NOT_FOUND, CHAT_NOT_FOUND, NOT_PERSISTED_YET, CHAT_SET_ASIDE));
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
                MESSAGE_SET_ASIDE));
  }

  private static void schemas(Document document) {
    document.record(
        "Before",
        "dev.tally.api.change.ChangeView$Before",
        List.of("metadata"),
        Map.of(
            "body",
            "{}",
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
            Shared.NUMBER,
            "kind",
            """
            {"type": "string", "enum": ["edit", "delete"]}""",
            "effect",
            """
            {"type": "string", "enum": ["applied", "none", "conflict", "pending", "lost"], "description": "`none`: the \
            message was deleted or lost, or a later change had come first. `conflict`: it had another revision than the \
            change expected. `pending`: it could not be persisted yet. `lost`: nothing is left of the change but its \
            number."}""",
            "author",
            """
            {"description": "Who changed the message, as the app names people; only if the change says so."}""",
            "before",
            """
            {"description": "What the message said before; only if the change was applied and the message is not \
            deleted."}""",
            "created_at",
            ApiDescription.TIME));
  }
}

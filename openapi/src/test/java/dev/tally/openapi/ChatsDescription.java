package dev.tally.openapi;

import static dev.tally.common.web.problem.ProblemType.APP_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.CHAT_DELETED;
import static dev.tally.common.web.problem.ProblemType.CHAT_LOST;
import static dev.tally.common.web.problem.ProblemType.CHAT_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.CHAT_SET_ASIDE;
import static dev.tally.common.web.problem.ProblemType.MESSAGE_DELETED;
import static dev.tally.common.web.problem.ProblemType.MESSAGE_LOST;
import static dev.tally.common.web.problem.ProblemType.MESSAGE_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.MESSAGE_SET_ASIDE;
import static dev.tally.common.web.problem.ProblemType.NOT_PERSISTED_YET;

/** Describes the routes of chats, messages, streams and searches. */
final class ChatsDescription {

  static final String POSITION =
      """
      {"type": "integer", "format": "int64", "minimum": 0, "maximum": 999999999999999}""";

  private static final String OMIT =
      """
      {"type": "string", "enum": ["omit"]}""";

  private static final String MAY_BE_EMPTY =
      " A page may then be empty although a `Link` leads on.";

  /** A stream's: with changes, it is two numbers. */
  private static final String STREAM_POSITION =
      """
      {"type": "string", "pattern": "^(0|[1-9][0-9]{0,14})([.](0|[1-9][0-9]{0,14}))?$"}""";

  private static final String CHAT_EXAMPLE =
      """
      {
        "number": 1,
        "messages_count": 5,
        "changes_count": 2,
        "deleted_count": 1,
        "created_at": "2026-11-24T14:42:19.237977Z"
      }""";

  private static final String MESSAGE_EXAMPLE =
      """
      {"number": 1, "body": "Hello wörld 🎉", "created_at": "2026-11-24T14:42:19.301554Z"}""";

  private static final String LOST_EXAMPLE =
      """
      {
        "number": 2,
        "body": "",
        "created_at": "2026-11-25T09:11:02.514093Z",
        "lost_at": "2026-11-25T09:11:02.514093Z"
      }""";

  private static final String DELETED_EXAMPLE =
      """
      {
        "number": 3,
        "body": "",
        "created_at": "2026-11-25T09:12:40.117236Z",
        "revision": 2,
        "deleted_at": "2026-11-25T09:13:02.220981Z"
      }""";

  private static final String LOST_CHAT =
      """
      A lost chat still has its messages, takes new ones, and can be streamed and searched. Only this route answers \
      that it is lost.""";

  private ChatsDescription() {}

  static void describe(Document document) {
    chats(document);
    messages(document);
    stream(document);
  }

  private static void chats(Document document) {
    Route list =
        document
            .route("GET", "/apps/{token}/chats")
            .is(
                "chats",
                "listChats",
                "List chats",
                "In number order. A deleted chat keeps its number and counts, and has a `deleted_at`. "
                    + ApiDescription.LOST
                    + ApiDescription.PAGES)
            .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
            .parameter(
                "deleted", "With `omit` the list leaves out deleted chats." + MAY_BE_EMPTY, OMIT);
    page(list)
        .answers(200, "Chats", Shared.arrayOf("Chat"), "[" + CHAT_EXAMPLE + "]", "Link")
        .problems(ApiDescription.reading(APP_NOT_FOUND));
    document
        .route("GET", "/apps/{token}/chats/{number}")
        .is("chats", "getChat", "Get a chat", LOST_CHAT)
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("number", Shared.CHAT_TEXT, Shared.NUMBER)
        .answers(200, "The chat", Shared.reference("Chat"), CHAT_EXAMPLE)
        .problems(
            ApiDescription.reading(
                APP_NOT_FOUND,
                CHAT_NOT_FOUND,
                NOT_PERSISTED_YET,
                CHAT_SET_ASIDE,
                CHAT_LOST,
                CHAT_DELETED));
  }

  private static void messages(Document document) {
    Route list =
        document
            .route("GET", "/apps/{token}/chats/{chat}/messages")
            .is(
                "messages",
                "listMessages",
                "List messages",
                "In number order. A deleted message keeps its number and has a `deleted_at`. "
                    + ApiDescription.LOST
                    + ApiDescription.PAGES)
            .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
            .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER)
            .parameter(
                "deleted",
                "With `omit` the list leaves out deleted messages." + MAY_BE_EMPTY,
                OMIT);
    page(list)
        .answers(
            200,
            "Messages",
            Shared.arrayOf("Message"),
            "[" + String.join(", ", MESSAGE_EXAMPLE, LOST_EXAMPLE, DELETED_EXAMPLE) + "]",
            "Link")
        .problems(
            ApiDescription.reading(
                APP_NOT_FOUND, CHAT_NOT_FOUND, NOT_PERSISTED_YET, CHAT_SET_ASIDE, CHAT_DELETED));
    document
        .route("GET", "/apps/{token}/chats/{chat}/messages/{number}")
        .is("messages", "getMessage", "Get a message", "")
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER)
        .parameter("number", "The message's number in its chat.", Shared.NUMBER)
        .answers(200, "The message", Shared.reference("Message"), MESSAGE_EXAMPLE)
        .problems(
            ApiDescription.reading(
                APP_NOT_FOUND,
                CHAT_NOT_FOUND,
                MESSAGE_NOT_FOUND,
                NOT_PERSISTED_YET,
                CHAT_SET_ASIDE,
                MESSAGE_SET_ASIDE,
                CHAT_DELETED,
                MESSAGE_LOST,
                MESSAGE_DELETED));
  }

  private static void stream(Document document) {
    document
        .route("GET", "/apps/{token}/chats/{chat}/messages/stream")
        .is(
            "messages",
            "streamMessages",
            "Stream messages as they come",
            """
            Sends every message once and in order, as a server-sent event, as it reads then: a deleted message has a \
            `deleted_at`. Lost messages have no event. An event's id is the message number, so a client that lost its \
            connection continues with `Last-Event-ID`, which overrides `after`. A comment every 15 seconds shows that \
            the stream is alive. With `changes=true`, also sends the changes that had an effect, as events with the name \
            `edit` or `delete`, each after its message: the change without `before`, and with `message`, the message as it \
            reads now. The ids are then two numbers with a dot between them, the last message and the last change; such an id \
            asks for changes by itself.""")
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER)
        .parameter(
            "after",
            "Only what comes after this id: a number, or two with a dot between them.",
            STREAM_POSITION)
        .parameter(
            "changes",
            "Whether to send edits and deletions, too. With a plain number, those from now on.",
            """
            {"type": "boolean", "default": false}""")
        .parameter(
            "Last-Event-ID", "The id of the last event that the client has seen.", STREAM_POSITION)
        .streams(
            "One event for each message, and for each change if the client asks for them",
            "retry: 1000\n\nid: 5\ndata: {\"number\":5,\"body\":\"once\",\"created_at\":\"2026-11-24T14:42:19.345217Z\"}\n\n")
        .problems(
            ApiDescription.reading(
                APP_NOT_FOUND, CHAT_NOT_FOUND, NOT_PERSISTED_YET, CHAT_SET_ASIDE, CHAT_DELETED));
  }

  static void searches(Document document) {
    search(document, "searchChat", "/apps/{token}/chats/{chat}/search");
    search(document, "searchMessages", "/apps/{token}/chats/{chat}/messages/search");
  }

  private static void search(Document document, String id, String path) {
    document
        .route("GET", path)
        .is(
            "search",
            id,
            "Search a chat",
            """
            Finds the messages that have all words, in any order. A word matches as a whole or as the beginning of a \
            word, and with a typo if nothing is found without; case and accents do not matter. Messages with typos come \
            last, and before them those with beginnings only; among equals, the lowest number comes first. This search \
            has two paths, which do the same. %s"""
                .formatted(ApiDescription.PAGES))
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER)
        .requires("q")
        .parameter(
            "q",
            "The words to search for, at most 32; a Chinese character and an emoji are a word each. Required, and not blank.",
            """
            {"type": "string", "minLength": 1, "maxLength": 256, "examples": ["hello"]}""")
        .parameter(
            "after", "The cursor in the `Link` of the page before.", "{\"type\": \"string\"}")
        .parameter(
            "order",
            "With `newest` the highest number comes first, however well it matches.",
            """
            {"type": "string", "enum": ["relevance", "newest"], "default": "relevance"}""")
        .parameter("limit", ApiDescription.LIMIT_TEXT, ApiDescription.LIMIT)
        .answers(
            200,
            "The messages that match",
            Shared.arrayOf("Hit"),
            """
            [{"number": 1, "body": "Hello wörld 🎉", "highlight": "<em>Hello</em> wörld 🎉"}]""",
            "Link")
        .problems(
            ApiDescription.reading(
                APP_NOT_FOUND, CHAT_NOT_FOUND, NOT_PERSISTED_YET, CHAT_SET_ASIDE, CHAT_DELETED));
  }

  /** The parameters of a list of what has numbers. */
  static Route page(Route list) {
    return list.parameter("after", "Only numbers greater than this one.", POSITION)
        .parameter("before", "Only numbers less than this one.", POSITION)
        .parameter(
            "order",
            "With `desc` the highest number comes first, and `before` leads to the next page.",
            """
            {"type": "string", "enum": ["asc", "desc"], "default": "asc"}""")
        .parameter("limit", ApiDescription.LIMIT_TEXT, ApiDescription.LIMIT);
  }
}

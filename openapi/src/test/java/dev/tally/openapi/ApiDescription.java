package dev.tally.openapi;

import static dev.tally.common.web.problem.ProblemType.APP_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.BODY_TOO_LARGE;
import static dev.tally.common.web.problem.ProblemType.CHAT_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.INTERNAL_ERROR;
import static dev.tally.common.web.problem.ProblemType.INVALID_FIELD;
import static dev.tally.common.web.problem.ProblemType.MALFORMED_REQUEST;
import static dev.tally.common.web.problem.ProblemType.MESSAGE_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.NOT_ACCEPTABLE;
import static dev.tally.common.web.problem.ProblemType.NOT_PERSISTED_YET;
import static dev.tally.common.web.problem.ProblemType.RATE_LIMITED;
import static dev.tally.common.web.problem.ProblemType.REQUEST_TIMEOUT;
import static dev.tally.common.web.problem.ProblemType.UNAUTHORIZED;
import static dev.tally.common.web.problem.ProblemType.UNAVAILABLE;
import static dev.tally.common.web.problem.ProblemType.UNSUPPORTED_MEDIA_TYPE;

import dev.tally.api.page.PageRequest;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.common.web.request.TextField;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The texts, schemas and examples of chat-api's document. */
final class ApiDescription {

  private static final String TIME =
      """
      {"type": "string", "format": "date-time", "description": "RFC 3339, in UTC."}""";

  private static final String COUNT =
      """
      {"type": "integer", "format": "int64", "minimum": 0, "description": "The number of persisted rows."}""";

  private static final String LIMIT_TEXT = "The page has at most this many elements.";

  private static final String LIMIT =
      """
      {"type": "integer", "minimum": 1, "maximum": %d, "default": %d}"""
          .formatted(PageRequest.MAX_LIMIT, PageRequest.DEFAULT_LIMIT);

  private static final String POSITION =
      """
      {"type": "integer", "format": "int64", "minimum": 0, "maximum": 999999999999999}""";

  private static final String APP_EXAMPLE =
      """
      {
        "name": "Acme",
        "token": "%s",
        "chats_count": 0,
        "created_at": "2026-11-24T14:42:19.120215Z",
        "updated_at": "2026-11-24T14:42:19.120215Z"
      }"""
          .formatted(Shared.TOKEN_EXAMPLE);

  private static final String CHAT_EXAMPLE =
      """
      {"number": 1, "messages_count": 5, "created_at": "2026-11-24T14:42:19.237977Z"}""";

  private static final String MESSAGE_EXAMPLE =
      """
      {"number": 1, "body": "Hello wörld 🎉", "created_at": "2026-11-24T14:42:19.301554Z"}""";

  private static final String PAGES =
      "A `Link` header with `rel=\"next\"` leads to the next page. Every page costs the same.";

  private ApiDescription() {}

  static void describe(Document document) {
    document.info(
        "Tally: apps, reads and search",
        """
        This service manages apps, reads chats and messages, and searches. A write is normally readable within tens of \
        milliseconds of its answer, and searchable a second later.

        %s"""
            .formatted(Shared.ERRORS));
    document.tag(
        "apps",
        "Apps. In a deployment with an admin key, listing, creating and renaming apps needs the key.");
    document.tag("chats", "The chats of an app.");
    document.tag("messages", "The messages of a chat.");
    document.tag("search", "Full-text search in a chat.");
    document.header(
        "Link",
        "The next page, if there is one (RFC 8288).",
        "{\"type\": \"string\"}",
        "\"<http://localhost:3000/apps/%s/chats?limit=2&after=2>; rel=\\\"next\\\"\""
            .formatted(Shared.TOKEN_EXAMPLE));
    document.header(
        "Location",
        "The new app's path.",
        "{\"type\": \"string\", \"format\": \"uri-reference\"}",
        "\"/apps/%s\"".formatted(Shared.TOKEN_EXAMPLE));
    document.header(
        "WWW-Authenticate",
        "How to authenticate.",
        "{\"type\": \"string\"}",
        "\"Bearer realm=\\\"tally\\\"\"");
    document.securityScheme(
        "adminKey",
        """
        {
          "type": "http",
          "scheme": "bearer",
          "description": "The deployment's admin key (TALLY_ADMIN_KEY). A deployment without an admin key needs none."
        }""");
    schemas(document);
    apps(document);
    chats(document);
    messages(document);
    stream(document);
    operations(document);
    search(document, "searchChat", "/apps/{token}/chats/{chat}/search");
    search(document, "searchMessages", "/apps/{token}/chats/{chat}/messages/search");
  }

  private static void schemas(Document document) {
    document.record(
        "App",
        "dev.tally.api.app.AppView",
        List.of(),
        Map.of(
            "name", "{}",
            "token", Shared.TOKEN,
            "chats_count", COUNT,
            "created_at", TIME,
            "updated_at", TIME));
    document.record(
        "Chat",
        "dev.tally.api.chat.ChatView",
        List.of(),
        Map.of("number", Shared.NUMBER, "messages_count", COUNT, "created_at", TIME));
    document.record(
        "Message",
        "dev.tally.api.message.MessageView",
        List.of(),
        Map.of("number", Shared.NUMBER, "body", "{}", "created_at", TIME));
    document.record(
        "Hit",
        "dev.tally.api.search.Hit",
        List.of("highlight"),
        Map.of(
            "number",
            Shared.NUMBER,
            "body",
            "{}",
            "highlight",
            """
            {"description": "The parts of the body that match, as HTML: matching words are in <em>, the rest is escaped."}"""));
    document.schema("AppName", Shared.objectWith(TextField.APP_NAME));
  }

  private static void apps(Document document) {
    document
        .route("GET", "/apps")
        .is("apps", "listApps", "List apps", "The oldest app comes first. " + PAGES)
        .needsAdminKey()
        .parameter("after", "Only apps after the app with this token.", Shared.CURSOR_TOKEN)
        .parameter("limit", LIMIT_TEXT, LIMIT)
        .answers(200, "Apps", Shared.arrayOf("App"), "[" + APP_EXAMPLE + "]", "Link")
        .problems(reading(UNAUTHORIZED));
    document
        .route("POST", "/apps")
        .is(
            "apps",
            "createApp",
            "Create an app",
            "The answer has the app's token, which is random.")
        .needsAdminKey()
        .body("The app's name", "AppName", name())
        .answers(201, "The new app", Shared.reference("App"), APP_EXAMPLE, "Location")
        .problems(writing(UNAUTHORIZED));
    document
        .route("GET", "/apps/{token}")
        .is("apps", "getApp", "Get an app", "")
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .answers(200, "The app", Shared.reference("App"), APP_EXAMPLE)
        .problems(reading(APP_NOT_FOUND));
    document
        .route("PUT", "/apps/{token}")
        .is("apps", "renameApp", "Rename an app", "")
        .needsAdminKey()
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .body("The app's new name", "AppName", name())
        .answers(200, "The app", Shared.reference("App"), APP_EXAMPLE)
        .problems(writing(UNAUTHORIZED, APP_NOT_FOUND));
  }

  private static Map<String, String> name() {
    String example = "{\"name\": \"Acme\"}";
    return Map.of("application/json", example, "application/x-www-form-urlencoded", example);
  }

  private static void chats(Document document) {
    Route list =
        document
            .route("GET", "/apps/{token}/chats")
            .is("chats", "listChats", "List chats", "In number order. " + PAGES)
            .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN);
    page(list)
        .answers(200, "Chats", Shared.arrayOf("Chat"), "[" + CHAT_EXAMPLE + "]", "Link")
        .problems(reading(APP_NOT_FOUND));
    document
        .route("GET", "/apps/{token}/chats/{number}")
        .is("chats", "getChat", "Get a chat", "")
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("number", Shared.CHAT_TEXT, Shared.NUMBER)
        .answers(200, "The chat", Shared.reference("Chat"), CHAT_EXAMPLE)
        .problems(reading(APP_NOT_FOUND, CHAT_NOT_FOUND, NOT_PERSISTED_YET));
  }

  private static void messages(Document document) {
    Route list =
        document
            .route("GET", "/apps/{token}/chats/{chat}/messages")
            .is("messages", "listMessages", "List messages", "In number order. " + PAGES)
            .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
            .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER);
    page(list)
        .answers(200, "Messages", Shared.arrayOf("Message"), "[" + MESSAGE_EXAMPLE + "]", "Link")
        .problems(reading(APP_NOT_FOUND, CHAT_NOT_FOUND, NOT_PERSISTED_YET));
    document
        .route("GET", "/apps/{token}/chats/{chat}/messages/{number}")
        .is("messages", "getMessage", "Get a message", "")
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER)
        .parameter("number", "The message's number in its chat.", Shared.NUMBER)
        .answers(200, "The message", Shared.reference("Message"), MESSAGE_EXAMPLE)
        .problems(reading(APP_NOT_FOUND, CHAT_NOT_FOUND, MESSAGE_NOT_FOUND, NOT_PERSISTED_YET));
  }

  private static void stream(Document document) {
    document
        .route("GET", "/apps/{token}/chats/{chat}/messages/stream")
        .is(
            "messages",
            "streamMessages",
            "Stream messages as they come",
            """
            Sends every message once and in order, as a server-sent event. An event's id is the message number, so a \
            client that lost its connection continues with `Last-Event-ID`, which overrides `after`. A comment every 15 \
            seconds shows that the stream is alive.""")
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER)
        .parameter("after", "Only numbers greater than this one.", POSITION)
        .parameter(
            "Last-Event-ID", "The number of the last message that the client has seen.", POSITION)
        .streams(
            "One event for each message",
            "retry: 1000\n\nid: 5\ndata: {\"number\":5,\"body\":\"once\",\"created_at\":\"2026-11-24T14:42:19.345217Z\"}\n\n")
        .problems(reading(APP_NOT_FOUND, CHAT_NOT_FOUND, NOT_PERSISTED_YET));
  }

  private static void operations(Document document) {
    document.tag("operations", "The state of the deployment.");
    String count =
        """
        {"type": "integer", "format": "int64", "minimum": 0}""";
    String seconds =
        """
        {"type": "number", "minimum": 0}""";
    document.record(
        "Partition",
        "dev.tally.api.operations.OperationsView$Partition",
        List.of(),
        Map.of(
            "partition",
            "{}",
            "depth",
            count,
            "oldest_age_seconds",
            seconds,
            "dead_letters",
            count));
    document.record(
        "Queue",
        "dev.tally.api.operations.OperationsView$Queue",
        List.of(),
        Map.of(
            "depth", count,
            "oldest_age_seconds", seconds,
            "dead_letters", count,
            "partitions", "{}"));
    document.record(
        "Operations",
        "dev.tally.api.operations.OperationsView",
        List.of(),
        Map.of(
            "at",
            TIME,
            "queue",
            """
            {"description": "Null while Redis is away.", "oneOf": [%s, {"type": "null"}]}"""
                .formatted(Shared.reference("Queue")),
            "outbox_backlog",
            """
            {"type": ["integer", "null"], "description": "Null while MySQL is away."}""",
            "persisted_messages",
            count,
            "open_streams",
            count));
    document
        .route("GET", "/operations")
        .is("operations", "getOperations", "Get the state of queue and outbox", "For the console.")
        .needsAdminKey()
        .answers(
            200,
            "The state",
            Shared.reference("Operations"),
            """
            {
              "at": "2026-11-24T14:42:19.120215Z",
              "queue": {
                "depth": 3,
                "oldest_age_seconds": 0.012,
                "dead_letters": 0,
                "partitions": [
                  {"partition": 0, "depth": 3, "oldest_age_seconds": 0.012, "dead_letters": 0}
                ]
              },
              "outbox_backlog": 1,
              "persisted_messages": 1204,
              "open_streams": 2
            }""")
        .problems(reading(UNAUTHORIZED));
  }

  private static void search(Document document, String id, String path) {
    document
        .route("GET", path)
        .is(
            "search",
            id,
            "Search a chat",
            """
            Finds the messages that have all words, in any order. A word matches as a whole, as the beginning of a \
            word, or with a typo; case and accents do not matter. The best match comes first. This search has two \
            paths, which do the same. %s"""
                .formatted(PAGES))
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .parameter("chat", Shared.CHAT_TEXT, Shared.NUMBER)
        .requires("q")
        .parameter(
            "q",
            "The words to search for, at most 32. Required, and not blank.",
            """
            {"type": "string", "minLength": 1, "maxLength": 256, "examples": ["hello"]}""")
        .parameter(
            "after", "The cursor in the `Link` of the page before.", "{\"type\": \"string\"}")
        .parameter("limit", LIMIT_TEXT, LIMIT)
        .answers(
            200,
            "The messages that match",
            Shared.arrayOf("Hit"),
            """
            [{"number": 1, "body": "Hello wörld 🎉", "highlight": "<em>Hello</em> wörld 🎉"}]""",
            "Link")
        .problems(reading(APP_NOT_FOUND, CHAT_NOT_FOUND, NOT_PERSISTED_YET));
  }

  private static Route page(Route list) {
    return list.parameter("after", "Only numbers greater than this one.", POSITION)
        .parameter("before", "Only numbers less than this one.", POSITION)
        .parameter(
            "order",
            "With `desc` the highest number comes first, and `before` leads to the next page.",
            """
            {"type": "string", "enum": ["asc", "desc"], "default": "asc"}""")
        .parameter("limit", LIMIT_TEXT, LIMIT);
  }

  private static ProblemType[] reading(ProblemType... more) {
    return Stream.concat(
            Stream.of(more),
            Stream.of(MALFORMED_REQUEST, NOT_ACCEPTABLE, RATE_LIMITED, INTERNAL_ERROR, UNAVAILABLE))
        .toArray(ProblemType[]::new);
  }

  private static ProblemType[] writing(ProblemType... more) {
    return Stream.concat(
            Stream.of(reading(more)),
            Stream.of(REQUEST_TIMEOUT, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, INVALID_FIELD))
        .toArray(ProblemType[]::new);
  }
}

package dev.tally.openapi;

import static dev.tally.common.web.problem.ProblemType.APP_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.BODY_TOO_LARGE;
import static dev.tally.common.web.problem.ProblemType.FOREIGN_ORIGIN;
import static dev.tally.common.web.problem.ProblemType.INTERNAL_ERROR;
import static dev.tally.common.web.problem.ProblemType.INVALID_FIELD;
import static dev.tally.common.web.problem.ProblemType.MALFORMED_REQUEST;
import static dev.tally.common.web.problem.ProblemType.MISDIRECTED_REQUEST;
import static dev.tally.common.web.problem.ProblemType.NOT_ACCEPTABLE;
import static dev.tally.common.web.problem.ProblemType.RATE_LIMITED;
import static dev.tally.common.web.problem.ProblemType.REQUEST_TIMEOUT;
import static dev.tally.common.web.problem.ProblemType.UNAUTHORIZED;
import static dev.tally.common.web.problem.ProblemType.UNAVAILABLE;
import static dev.tally.common.web.problem.ProblemType.UNSUPPORTED_MEDIA_TYPE;

import dev.tally.api.page.PageRequest;
import dev.tally.common.web.field.TextField;
import dev.tally.common.web.problem.ProblemType;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Describes chat-api's document: its schemas, its headers and the routes of apps. */
final class ApiDescription {

  static final String TIME =
      """
      {"type": "string", "format": "date-time", "description": "RFC 3339, in UTC."}""";

  private static final String LOST_TIME =
      """
      {"type": "string", "format": "date-time", "description": "Only in what is lost: when that was noticed."}""";

  private static final String COUNT =
      """
      {"type": "integer", "format": "int64", "minimum": 0, "description": "The number of persisted rows, lost ones \
      included."}""";

  static final String LIMIT_TEXT =
      "The page has at most this many elements; long ones make it shorter.";

  static final String LIMIT =
      """
      {"type": "integer", "minimum": 1, "maximum": %d, "default": %d}"""
          .formatted(PageRequest.MAX_LIMIT, PageRequest.DEFAULT_LIMIT);

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

  static final String PAGES =
      """
      A `Link` header with `rel="next"` leads to the next page; the last page has none. A page may be shorter than its \
      limit, because it ends at 1 MiB, too. Every page costs the same.""";

  static final String LOST =
      "What is lost, by a restore of the database for instance, keeps its number and has a `lost_at`. ";

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
        "Apps. In a deployment with an admin key, listing, creating, renaming and deleting apps needs the key.");
    document.tag("chats", "The chats of an app.");
    document.tag("messages", "The messages of a chat.");
    document.tag("search", "Full-text search in a chat.");
    document.header(
        "Link",
        "The next page, if there is one (RFC 8288), relative to the request's URL.",
        "{\"type\": \"string\"}",
        "\"<?limit=2&after=2>; rel=\\\"next\\\"\"");
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
    ChatsDescription.describe(document);
    ChangesDescription.describe(document);
    OperationsDescription.describe(document);
    ChatsDescription.searches(document);
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
        "DeletedApp", "dev.tally.api.app.Deletion$Deleted", List.of(), Map.of("deleted_at", TIME));
    document.record(
        "Chat",
        "dev.tally.api.chat.ChatView",
        List.of("name", "metadata", "edited_at", "revision", "deleted_at", "lost_at"),
        Map.ofEntries(
            Map.entry("number", Shared.NUMBER),
            Map.entry("messages_count", COUNT),
            Map.entry("changes_count", ChangesDescription.CHANGES_COUNT),
            Map.entry("deleted_count", ChangesDescription.DELETED_COUNT),
            Map.entry(
                "name",
                """
                {"description": "Only if the chat has one."}"""),
            Map.entry(
                "metadata",
                """
                {"type": "object", "description": "Belongs to the client; only if the chat has it."}"""),
            Map.entry("created_at", TIME),
            Map.entry("edited_at", ChangesDescription.CHAT_EDITED_TIME),
            Map.entry("revision", ChangesDescription.CHAT_REVISION),
            Map.entry("deleted_at", ChangesDescription.CHAT_DELETED_TIME),
            Map.entry("lost_at", LOST_TIME)));
    document.record(
        "Message",
        "dev.tally.api.message.MessageView",
        List.of("author", "metadata", "reply_to", "edited_at", "revision", "deleted_at", "lost_at"),
        Map.of(
            "number",
            Shared.NUMBER,
            "body",
            """
            {"description": "Empty if the message is deleted or lost."}""",
            "author",
            """
            {"description": "Who wrote the message, as the app names people; only if the message says so."}""",
            "metadata",
            """
            {"type": "object", "description": "Belongs to the client; only if the message has it."}""",
            "reply_to",
            Shared.NUMBER,
            "created_at",
            TIME,
            "edited_at",
            ChangesDescription.EDITED_TIME,
            "revision",
            ChangesDescription.REVISION,
            "deleted_at",
            ChangesDescription.DELETED_TIME,
            "lost_at",
            LOST_TIME));
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
    document
        .route("DELETE", "/apps/{token}")
        .is(
            "apps",
            "deleteApp",
            "Delete an app",
            """
            Its reads and writes are gone at once, its rows are erased afterwards, and its token is never given out \
            again. After a 503, repeat the request; it may be repeated at any time.""")
        .needsAdminKey()
        .parameter("token", Shared.TOKEN_TEXT, Shared.TOKEN)
        .answers(
            202,
            "When the app was deleted first",
            Shared.reference("DeletedApp"),
            "{\"deleted_at\": \"2026-11-30T09:11:02.514093Z\"}")
        .problems(reading(UNAUTHORIZED, FOREIGN_ORIGIN, APP_NOT_FOUND));
  }

  private static Map<String, String> name() {
    String example = "{\"name\": \"Acme\"}";
    return Map.of("application/json", example, "application/x-www-form-urlencoded", example);
  }

  static ProblemType[] reading(ProblemType... more) {
    return Stream.concat(
            Stream.of(more),
            Stream.of(
                MALFORMED_REQUEST,
                MISDIRECTED_REQUEST,
                NOT_ACCEPTABLE,
                RATE_LIMITED,
                INTERNAL_ERROR,
                UNAVAILABLE))
        .toArray(ProblemType[]::new);
  }

  private static ProblemType[] writing(ProblemType... more) {
    return Stream.concat(
            Stream.of(reading(more)),
            Stream.of(
                FOREIGN_ORIGIN,
                REQUEST_TIMEOUT,
                BODY_TOO_LARGE,
                UNSUPPORTED_MEDIA_TYPE,
                INVALID_FIELD))
        .toArray(ProblemType[]::new);
  }
}

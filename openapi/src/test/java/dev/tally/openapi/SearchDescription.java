package dev.tally.openapi;

import static dev.tally.common.web.problem.ProblemType.APP_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.CHAT_NOT_FOUND;
import static dev.tally.common.web.problem.ProblemType.CHAT_SET_ASIDE;
import static dev.tally.common.web.problem.ProblemType.NOT_PERSISTED_YET;

/** Describes the routes of the search. */
final class SearchDescription {

  private SearchDescription() {}

  static void describe(Document document) {
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
            Finds the messages that have all words, in any order. A word matches as a whole, as the beginning of a \
            word, or with a typo; case and accents do not matter. The best match comes first. This search has two \
            paths, which do the same. %s"""
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
                APP_NOT_FOUND, CHAT_NOT_FOUND, NOT_PERSISTED_YET, CHAT_SET_ASIDE));
  }
}

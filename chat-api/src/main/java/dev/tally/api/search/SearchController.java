package dev.tally.api.search;

import dev.tally.api.answer.Answers;
import dev.tally.api.chat.Chats;
import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageQuery;
import dev.tally.api.page.PageRequest;
import dev.tally.common.identity.ChatName;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Answers searches on two routes, because clients use both. */
@RestController
final class SearchController {

  private final Chats chats;
  private final MessageSearch search;
  private final Answers answers;

  SearchController(Chats chats, MessageSearch search, Answers answers) {
    this.chats = chats;
    this.search = search;
    this.answers = answers;
  }

  @GetMapping(
      path = {"/apps/{token}/chats/{chat}/search", "/apps/{token}/chats/{chat}/messages/search"},
      produces = MediaType.APPLICATION_JSON_VALUE)
  void search(
      @RequestParam @Nullable String q,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String order,
      @RequestParam @Nullable String limit,
      ChatName chat,
      HttpServletResponse response) {
    SearchWords words = SearchWords.of(q);
    int size = PageRequest.limit(limit);
    SearchOrder hitOrder = SearchOrder.of(order);
    SearchCursor cursor = after == null ? null : SearchCursor.decode(after, hitOrder);
    ChatName existing = chats.place(chat).name();
    try (PageBody<Hit> body = PageBody.of(answers, existing.app(), size)) {
      search.search(existing, words, hitOrder, cursor, size, body);
      // It may have been deleted while the search waited for its turn.
      chats.place(chat);
      body.send(
          last ->
              hitOrder
                  .keptBy(PageQuery.of(size).with("q", String.join(" ", words.words())))
                  .with("after", last.cursor().encode()),
          response);
    }
  }
}

package dev.tally.api.search;

import dev.tally.api.chat.Chats;
import dev.tally.api.page.PageQuery;
import dev.tally.api.page.PageRequest;
import dev.tally.api.page.PageResponse;
import dev.tally.common.identity.ChatName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Answers searches on two routes, because clients use both. */
@RestController
final class SearchController {

  private final Chats chats;
  private final MessageSearch search;

  SearchController(Chats chats, MessageSearch search) {
    this.chats = chats;
    this.search = search;
  }

  @GetMapping({"/apps/{token}/chats/{chat}/search", "/apps/{token}/chats/{chat}/messages/search"})
  ResponseEntity<List<Hit>> search(
      @RequestParam @Nullable String q,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String limit,
      ChatName chat) {
    SearchWords words = SearchWords.of(q);
    int size = PageRequest.limit(limit);
    SearchCursor cursor = after == null ? null : SearchCursor.decode(after);
    ChatName existing = chats.place(chat).name();
    return PageResponse.of(
        search.search(existing, words, cursor, size),
        last ->
            PageQuery.of(size)
                .with("q", String.join(" ", words.words()))
                .with("after", last.cursor().encode()));
  }
}

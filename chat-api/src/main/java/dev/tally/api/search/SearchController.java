package dev.tally.api.search;

import dev.tally.api.chat.Chats;
import dev.tally.api.page.PageRequest;
import dev.tally.api.page.PageResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
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
      @PathVariable String token,
      @PathVariable String chat,
      @RequestParam @Nullable String q,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String limit) {
    SearchWords words = SearchWords.of(q);
    int size = PageRequest.limit(limit);
    SearchCursor cursor = after == null ? null : SearchCursor.decode(after);
    Chats.Place place = chats.place(token, chat);
    return PageResponse.of(
        search.search(place, words, cursor, size), "after", hit -> hit.cursor().encode());
  }
}

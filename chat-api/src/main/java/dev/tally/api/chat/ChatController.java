package dev.tally.api.chat;

import dev.tally.api.page.PageRequest;
import dev.tally.api.page.PageResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class ChatController {

  private final Chats chats;

  ChatController(Chats chats) {
    this.chats = chats;
  }

  @GetMapping("/apps/{token}/chats")
  ResponseEntity<List<ChatView>> list(
      @PathVariable String token,
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String before,
      @RequestParam @Nullable String order,
      @RequestParam @Nullable String limit) {
    PageRequest page = PageRequest.of(after, before, order, limit);
    return PageResponse.of(chats.list(token, page), page.continuation(), ChatView::number);
  }

  @GetMapping("/apps/{token}/chats/{number}")
  ChatView get(@PathVariable String token, @PathVariable String number) {
    return chats.get(token, number);
  }
}

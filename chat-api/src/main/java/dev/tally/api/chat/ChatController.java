package dev.tally.api.chat;

import dev.tally.api.page.PageRequest;
import dev.tally.api.page.PageResponse;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
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
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String before,
      @RequestParam @Nullable String order,
      @RequestParam @Nullable String limit,
      AppToken app) {
    PageRequest page = PageRequest.of(after, before, order, limit);
    return PageResponse.of(chats.list(app, page), last -> page.after(last.number()));
  }

  @GetMapping("/apps/{token}/chats/{number}")
  ChatView get(ChatName chat) {
    return chats.get(chat);
  }
}

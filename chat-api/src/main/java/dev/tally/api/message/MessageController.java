package dev.tally.api.message;

import dev.tally.api.page.PageRequest;
import dev.tally.api.page.PageResponse;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/apps/{token}/chats/{chat}/messages")
final class MessageController {

  private final Messages messages;

  MessageController(Messages messages) {
    this.messages = messages;
  }

  @GetMapping
  ResponseEntity<List<MessageView>> list(
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String before,
      @RequestParam @Nullable String order,
      @RequestParam @Nullable String limit,
      ChatName chat) {
    PageRequest page = PageRequest.of(after, before, order, limit);
    return PageResponse.of(messages.list(chat, page), last -> page.after(last.number()));
  }

  @GetMapping("/{number}")
  MessageView get(MessageName message) {
    return messages.get(message);
  }
}

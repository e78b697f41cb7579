package dev.tally.api.chat;

import dev.tally.api.answer.Answers;
import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageRequest;
import dev.tally.api.page.Tombstones;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
final class ChatController {

  private final Chats chats;
  private final Answers answers;

  ChatController(Chats chats, Answers answers) {
    this.chats = chats;
    this.answers = answers;
  }

  @GetMapping(path = "/apps/{token}/chats", produces = MediaType.APPLICATION_JSON_VALUE)
  void list(
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String before,
      @RequestParam @Nullable String order,
      @RequestParam @Nullable String limit,
      @RequestParam @Nullable String deleted,
      AppToken app,
      HttpServletResponse response) {
    PageRequest page = PageRequest.of(after, before, order, limit);
    Tombstones tombstones = Tombstones.of(deleted);
    try (PageBody<ChatView> body = PageBody.of(answers, app, page.limit())) {
      chats.list(app, page, tombstones, body);
      body.send(last -> tombstones.keptBy(page.after(last.number())), response);
    }
  }

  @GetMapping("/apps/{token}/chats/{number}")
  ChatView get(ChatName chat) {
    return chats.get(chat);
  }
}

package dev.tally.api.change;

import dev.tally.api.answer.Answers;
import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageRequest;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/apps/{token}/chats/{chat}")
final class ChangeController {

  private final Changes changes;
  private final Answers answers;

  ChangeController(Changes changes, Answers answers) {
    this.changes = changes;
    this.answers = answers;
  }

  @GetMapping(path = "/changes", produces = MediaType.APPLICATION_JSON_VALUE)
  void ofChat(
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String before,
      @RequestParam @Nullable String order,
      @RequestParam @Nullable String limit,
      ChatName chat,
      HttpServletResponse response) {
    PageRequest page = PageRequest.of(after, before, order, limit);
    try (PageBody<ChangeView> body = PageBody.of(answers, chat.app(), page.limit())) {
      changes.list(chat, page, body);
      body.send(last -> page.after(last.number()), response);
    }
  }

  @GetMapping(path = "/messages/{number}/changes", produces = MediaType.APPLICATION_JSON_VALUE)
  void ofMessage(
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String before,
      @RequestParam @Nullable String order,
      @RequestParam @Nullable String limit,
      MessageName message,
      HttpServletResponse response) {
    PageRequest page = PageRequest.of(after, before, order, limit);
    try (PageBody<ChangeView> body = PageBody.of(answers, message.chat().app(), page.limit())) {
      changes.list(message, page, body);
      body.send(last -> page.after(last.number()), response);
    }
  }
}

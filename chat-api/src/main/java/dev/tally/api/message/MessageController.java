package dev.tally.api.message;

import dev.tally.api.answer.Answers;
import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageRequest;
import dev.tally.api.page.Tombstones;
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
@RequestMapping("/apps/{token}/chats/{chat}/messages")
final class MessageController {

  private final Messages messages;
  private final Answers answers;

  MessageController(Messages messages, Answers answers) {
    this.messages = messages;
    this.answers = answers;
  }

  @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  void list(
      @RequestParam @Nullable String after,
      @RequestParam @Nullable String before,
      @RequestParam @Nullable String order,
      @RequestParam @Nullable String limit,
      @RequestParam @Nullable String deleted,
      ChatName chat,
      HttpServletResponse response) {
    PageRequest page = PageRequest.of(after, before, order, limit);
    Tombstones tombstones = Tombstones.of(deleted);
    try (PageBody<MessageView> body = PageBody.of(answers, chat.app(), page.limit())) {
      messages.list(chat, page, tombstones, body);
      body.send(last -> tombstones.keptBy(page.after(last.number())), response);
    }
  }

  @GetMapping(path = "/{number}", produces = MediaType.APPLICATION_JSON_VALUE)
  void get(MessageName message, HttpServletResponse response) {
    answers.send(message.chat().app(), messages.get(message), response);
  }
}

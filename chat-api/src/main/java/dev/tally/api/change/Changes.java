package dev.tally.api.change;

import dev.tally.api.chat.Chats;
import dev.tally.api.message.Messages;
import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageRequest;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import org.springframework.stereotype.Service;

/**
 * Reads changes, and answers 404 for those of a chat or a message that does not exist. The changes
 * of a deleted or lost message are read like any others.
 */
@Service
class Changes {

  private final Chats chats;
  private final Messages messages;
  private final ChangeRows rows;

  Changes(Chats chats, Messages messages, ChangeRows rows) {
    this.chats = chats;
    this.messages = messages;
    this.rows = rows;
  }

  /**
   * Reads changes of a chat into a page, until the page is full.
   *
   * @throws dev.tally.common.web.problem.ProblemException 404 if there is no such app or chat
   */
  void list(ChatName chat, PageRequest page, PageBody<ChangeView> body) {
    rows.read(chat, page, body::add);
    if (body.isEmpty()) {
      // If the app or the chat is missing, this says so.
      chats.place(chat);
    }
  }

  /**
   * Reads changes of a message into a page, until the page is full.
   *
   * @throws dev.tally.common.web.problem.ProblemException 404 if there is no such app, chat or
   *     message
   */
  void list(MessageName message, PageRequest page, PageBody<ChangeView> body) {
    rows.read(message, page, body::add);
    if (body.isEmpty()) {
      // If the app, the chat or the message is missing, this says so.
      messages.requireRow(message);
    }
  }
}

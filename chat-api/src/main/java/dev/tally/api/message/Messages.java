package dev.tally.api.message;

import dev.tally.api.chat.Chats;
import dev.tally.api.chat.Missing;
import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageRequest;
import dev.tally.api.page.Tombstones;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;

/**
 * Reads messages, and answers 404 for those that do not exist, 410 for those that are deleted or
 * lost. It keeps none of them, because any of them may be edited or deleted.
 */
@Service
public class Messages {

  private final Chats chats;
  private final MessageRows rows;
  private final Missing missing;

  Messages(Chats chats, MessageRows rows, Missing missing) {
    this.chats = chats;
    this.rows = rows;
    this.missing = missing;
  }

  MessageView get(MessageName name) {
    MessageView message = rows.find(name).orElseThrow(() -> missing.message(name));
    if (message.lost()) {
      throw ProblemException.of(
          ProblemType.MESSAGE_LOST, "The message was lost; its number stays given out.");
    }
    if (message.deleted()) {
      throw ProblemException.of(
          ProblemType.MESSAGE_DELETED, "The message was deleted; its number stays given out.");
    }
    return message;
  }

  /**
   * Does nothing if a message exists, also a deleted or lost one.
   *
   * @throws ProblemException 404 if there is no such app, chat or message
   */
  public void requireRow(MessageName name) {
    if (rows.find(name).isEmpty()) {
      throw missing.message(name);
    }
  }

  /**
   * Reads the messages of a chat that come after one, in order.
   *
   * @param last the message before the first; with the number {@code Numbers.NONE}, reading begins
   *     at the chat's first message
   * @param limit the maximum number of messages
   */
  public List<MessageView> after(MessageName last, int limit) {
    return rows.after(last, limit);
  }

  /**
   * Reads messages of a chat by their numbers. Those that have no row are not in the result.
   *
   * @param numbers a page's at most: all of their messages are in memory at once
   */
  public Map<Long, MessageView> of(ChatName chat, Collection<Long> numbers) {
    return numbers.isEmpty()
        ? Map.of()
        : rows.of(chat, numbers).stream()
            .collect(Collectors.toMap(MessageView::number, message -> message));
  }

  /** Which of these messages of a chat are there, neither deleted nor lost. */
  public Set<Long> there(ChatName chat, Collection<Long> numbers) {
    return numbers.isEmpty() ? Set.of() : rows.there(chat, numbers);
  }

  /**
   * Reads messages of a chat into a page, until the page is full.
   *
   * @throws ProblemException 404 if there is no such app or chat
   */
  void list(ChatName chat, PageRequest page, Tombstones tombstones, PageBody<MessageView> body) {
    rows.read(chat, page, tombstones, body);
    if (body.isEmpty()) {
      // If the app or the chat is missing, this says so.
      chats.place(chat);
    }
  }
}

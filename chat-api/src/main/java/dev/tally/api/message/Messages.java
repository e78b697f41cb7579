package dev.tally.api.message;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tally.api.chat.Chats;
import dev.tally.api.chat.Missing;
import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageRequest;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Service;

/** Reads messages, and answers 404 for those that do not exist, 410 for those that are lost. */
@Service
public class Messages {

  private static final long MAX_RECENT_BYTES = 16 * 1024 * 1024;

  /** An estimate of the objects around the texts. A character counts as two bytes. */
  private static final int RECENT_OVERHEAD_BYTES = 300;

  /** After a restore of MySQL, the API still answers a lost message for this long at most. */
  private static final Duration RECENT_FOR = Duration.ofMinutes(5);

  private final Chats chats;
  private final MessageRows rows;
  private final Missing missing;

  /** Messages that were read one by one. They never change, so a cached message is always right. */
  private final Cache<MessageName, MessageView> recent =
      Caffeine.newBuilder()
          .maximumWeight(MAX_RECENT_BYTES)
          .<MessageName, MessageView>weigher(
              (_, message) -> RECENT_OVERHEAD_BYTES + 2 * message.length())
          .expireAfterWrite(RECENT_FOR)
          .build();

  Messages(Chats chats, MessageRows rows, Missing missing) {
    this.chats = chats;
    this.rows = rows;
    this.missing = missing;
  }

  MessageView get(MessageName name) {
    MessageView message = find(name).orElseThrow(() -> missing.message(name));
    if (message.lost()) {
      throw ProblemException.of(
          ProblemType.MESSAGE_LOST, "The message was lost; its number stays given out.");
    }
    return message;
  }

  private Optional<MessageView> find(MessageName name) {
    MessageView seen = recent.getIfPresent(name);
    if (seen != null) {
      return Optional.of(seen);
    }
    Optional<MessageView> found = rows.find(name);
    found.ifPresent(message -> recent.put(name, message));
    return found;
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
   * Reads messages of a chat into a page, until the page is full.
   *
   * @throws ProblemException 404 if there is no such app or chat
   */
  void list(ChatName chat, PageRequest page, PageBody<MessageView> body) {
    rows.read(chat, page, body::add);
    if (body.isEmpty()) {
      // If the app or the chat is missing, this says so.
      chats.place(chat);
    }
  }
}

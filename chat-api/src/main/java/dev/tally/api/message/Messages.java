package dev.tally.api.message;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tally.api.chat.Chats;
import dev.tally.api.chat.GivenNumbers;
import dev.tally.api.page.Page;
import dev.tally.api.page.PageRequest;
import dev.tally.common.identity.Identifiers;
import dev.tally.common.web.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.stereotype.Service;

/** Reads messages, and answers 404 for those that do not exist. */
@Service
public class Messages {

  private static final long MAX_RECENT_BYTES = 16 * 1024 * 1024;

  /** An estimate of the objects around a body. A character of a body counts as two bytes. */
  private static final int RECENT_OVERHEAD_BYTES = 300;

  /** After a restore of MySQL, the API still answers a lost message for this long at most. */
  private static final Duration RECENT_FOR = Duration.ofMinutes(5);

  private final Chats chats;
  private final MessageRows rows;
  private final GivenNumbers givenNumbers;

  /** Messages that were read one by one. They never change, so a cached message is always right. */
  private final Cache<Key, MessageView> recent =
      Caffeine.newBuilder()
          .maximumWeight(MAX_RECENT_BYTES)
          .<Key, MessageView>weigher(
              (_, message) -> RECENT_OVERHEAD_BYTES + 2 * message.body().length())
          .expireAfterWrite(RECENT_FOR)
          .build();

  Messages(Chats chats, MessageRows rows, GivenNumbers givenNumbers) {
    this.chats = chats;
    this.rows = rows;
    this.givenNumbers = givenNumbers;
  }

  private record Key(String token, long chat, long number) {}

  MessageView get(String token, String chatNumber, String number) {
    OptionalLong chat = Identifiers.number(chatNumber);
    OptionalLong wanted = Identifiers.number(number);
    if (Identifiers.isToken(token) && chat.isPresent() && wanted.isPresent()) {
      Optional<MessageView> found = find(new Key(token, chat.getAsLong(), wanted.getAsLong()));
      if (found.isPresent()) {
        return found.get();
      }
    }
    // If the app or the chat is missing, this says so.
    long existingChat = chats.place(token, chatNumber).number();
    throw givenNumbers.missingMessage(
        token, existingChat, wanted.orElseThrow(ProblemException::messageNotFound));
  }

  private Optional<MessageView> find(Key key) {
    MessageView seen = recent.getIfPresent(key);
    if (seen != null) {
      return Optional.of(seen);
    }
    Optional<MessageView> found = rows.find(key.token(), key.chat(), key.number());
    found.ifPresent(message -> recent.put(key, message));
    return found;
  }

  /**
   * Reads the messages of a chat that come after a number, in order.
   *
   * @param limit the maximum number of messages
   */
  public List<MessageView> after(Chats.Place chat, long number, int limit) {
    return rows.after(chat.token(), chat.number(), number, limit);
  }

  Page<MessageView> list(String token, String chatNumber, PageRequest page) {
    OptionalLong chat = Identifiers.number(chatNumber);
    List<MessageView> found =
        Identifiers.isToken(token) && chat.isPresent()
            ? rows.find(token, chat.getAsLong(), page)
            : List.of();
    if (found.isEmpty()) {
      // If the app or the chat is missing, this says so.
      chats.place(token, chatNumber);
    }
    return Page.of(found, page.limit());
  }
}

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

/** The messages of chats. */
@Service
public class Messages {

  /** A body's characters, counted as if each took two bytes, and what holds them. */
  private static final long MAX_RECENT_BYTES = 16 * 1024 * 1024;

  private static final int RECENT_OVERHEAD_BYTES = 300;

  /** Bounds how long a database that has been set back to an older state is not noticed. */
  private static final Duration RECENT_FOR = Duration.ofMinutes(5);

  private final Chats chats;
  private final MessageRows rows;
  private final GivenNumbers givenNumbers;

  /** What has been read one by one. Messages never change, so what is in here is always right. */
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
    // says so if it is the app or the chat that is missing
    long chatThere = chats.place(token, chatNumber).number();
    throw givenNumbers.missingMessage(
        token, chatThere, wanted.orElseThrow(ProblemException::messageNotFound));
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
   * The messages of a chat that come behind a number, in order.
   *
   * @param limit how many at most
   */
  public List<MessageView> behind(Chats.Place chat, long number, int limit) {
    return rows.behind(chat.token(), chat.number(), number, limit);
  }

  Page<MessageView> list(String token, String chatNumber, PageRequest page) {
    OptionalLong chat = Identifiers.number(chatNumber);
    List<MessageView> found =
        Identifiers.isToken(token) && chat.isPresent()
            ? rows.find(token, chat.getAsLong(), page)
            : List.of();
    if (found.isEmpty()) {
      // says so if it is the app or the chat that is missing
      chats.place(token, chatNumber);
    }
    return Page.of(found, page.limit());
  }
}

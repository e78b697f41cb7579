package dev.tally.api.message;

import dev.tally.api.chat.Chats;
import dev.tally.api.chat.GivenNumbers;
import dev.tally.api.page.Page;
import dev.tally.api.page.PageRequest;
import dev.tally.common.problem.ProblemException;
import dev.tally.common.request.PathPart;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;

/** The messages of chats. */
@Service
public class Messages {

  private final Chats chats;
  private final MessageRepository repository;
  private final GivenNumbers givenNumbers;

  Messages(Chats chats, MessageRepository repository, GivenNumbers givenNumbers) {
    this.chats = chats;
    this.repository = repository;
    this.givenNumbers = givenNumbers;
  }

  MessageView get(String token, String chatNumber, String number) {
    OptionalLong chat = PathPart.number(chatNumber);
    OptionalLong wanted = PathPart.number(number);
    if (PathPart.isToken(token) && chat.isPresent() && wanted.isPresent()) {
      Optional<Message> found = repository.find(token, chat.getAsLong(), wanted.getAsLong());
      if (found.isPresent()) {
        return MessageView.of(found.get());
      }
    }
    // says so if it is the app or the chat that is missing
    Chats.Place place = chats.place(token, chatNumber);
    throw givenNumbers.missingMessage(
        token, place.number(), wanted.orElseThrow(ProblemException::messageNotFound));
  }

  /**
   * The messages of a chat that come behind a number, in order.
   *
   * @param limit how many at most
   */
  public List<MessageView> behind(Chats.Place chat, long number, int limit) {
    return repository
        .ascending(chat.token(), chat.number(), number, Long.MAX_VALUE, Limit.of(limit))
        .stream()
        .map(MessageView::of)
        .toList();
  }

  Page<MessageView> list(String token, String chatNumber, PageRequest page) {
    OptionalLong chat = PathPart.number(chatNumber);
    List<Message> found =
        PathPart.isToken(token) && chat.isPresent()
            ? find(token, chat.getAsLong(), page)
            : List.of();
    if (found.isEmpty()) {
      chats.place(token, chatNumber);
    }
    return Page.of(found, page.limit()).map(MessageView::of);
  }

  private List<Message> find(String token, long chat, PageRequest page) {
    Limit limit = Limit.of(page.probe());
    return page.descending()
        ? repository.descending(token, chat, page.above(), page.below(), limit)
        : repository.ascending(token, chat, page.above(), page.below(), limit);
  }
}

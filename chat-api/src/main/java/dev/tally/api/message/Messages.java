package dev.tally.api.message;

import dev.tally.api.chat.Chats;
import dev.tally.api.chat.GivenNumbers;
import dev.tally.api.page.Page;
import dev.tally.api.page.PageRequest;
import dev.tally.common.problem.ProblemException;
import dev.tally.common.request.PathPart;
import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

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

  @Transactional(readOnly = true)
  MessageView get(String token, String chatNumber, String number) {
    Chats.Place chat = chats.place(token, chatNumber);
    long wanted = PathPart.number(number).orElseThrow(ProblemException::messageNotFound);
    return repository
        .findByKey(new Message.Key(chat.applicationId(), chat.number(), wanted))
        .map(MessageView::of)
        .orElseThrow(() -> givenNumbers.missingMessage(token, chat.number(), wanted));
  }

  /**
   * The messages of a chat that come behind a number, in order.
   *
   * @param limit how many at most
   */
  @Transactional(readOnly = true)
  public List<MessageView> behind(Chats.Place chat, long number, int limit) {
    return repository
        .ascending(chat.applicationId(), chat.number(), number, Long.MAX_VALUE, Limit.of(limit))
        .stream()
        .map(MessageView::of)
        .toList();
  }

  @Transactional(readOnly = true)
  Page<MessageView> list(String token, String chatNumber, PageRequest page) {
    Chats.Place chat = chats.place(token, chatNumber);
    Limit limit = Limit.of(page.probe());
    List<Message> found =
        page.descending()
            ? repository.descending(
                chat.applicationId(), chat.number(), page.above(), page.below(), limit)
            : repository.ascending(
                chat.applicationId(), chat.number(), page.above(), page.below(), limit);
    return Page.of(found, page.limit()).map(MessageView::of);
  }
}

package dev.tally.api.chat;

import dev.tally.api.app.Apps;
import dev.tally.api.page.Page;
import dev.tally.api.page.PageRequest;
import dev.tally.common.problem.ProblemException;
import dev.tally.common.request.PathPart;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;

/** The chats of apps. */
@Service
public class Chats {

  private final Apps apps;
  private final ChatRepository repository;
  private final GivenNumbers givenNumbers;

  Chats(Apps apps, ChatRepository repository, GivenNumbers givenNumbers) {
    this.apps = apps;
    this.repository = repository;
    this.givenNumbers = givenNumbers;
  }

  /**
   * Where a chat's messages lie.
   *
   * @param applicationId the app's id in the database; never leaves the system
   */
  public record Place(long applicationId, String token, long number) {}

  /**
   * Finds a chat.
   *
   * @param number as it came in the path
   * @throws ProblemException 404 if there is no such app or chat
   */
  public Place place(String token, String number) {
    Chat chat = find(token, number);
    return new Place(chat.applicationId(), token, chat.number());
  }

  ChatView get(String token, String number) {
    return ChatView.of(find(token, number));
  }

  private Chat find(String token, String number) {
    OptionalLong wanted = PathPart.number(number);
    if (PathPart.isToken(token) && wanted.isPresent()) {
      Optional<Chat> found = repository.find(token, wanted.getAsLong());
      if (found.isPresent()) {
        return found.get();
      }
    }
    // says so if it is the app that is missing
    apps.get(token);
    throw givenNumbers.missingChat(token, wanted.orElseThrow(ProblemException::chatNotFound));
  }

  Page<ChatView> list(String token, PageRequest page) {
    long app = apps.get(token).id();
    Limit limit = Limit.of(page.probe());
    List<Chat> found =
        page.descending()
            ? repository.descending(app, page.above(), page.below(), limit)
            : repository.ascending(app, page.above(), page.below(), limit);
    return Page.of(found, page.limit()).map(ChatView::of);
  }
}

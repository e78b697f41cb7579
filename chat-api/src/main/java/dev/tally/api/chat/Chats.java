package dev.tally.api.chat;

import dev.tally.api.app.App;
import dev.tally.api.app.Apps;
import dev.tally.api.page.Page;
import dev.tally.api.page.PageRequest;
import dev.tally.common.problem.ProblemException;
import dev.tally.common.request.PathPart;
import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

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
  @Transactional(readOnly = true)
  public Place place(String token, String number) {
    App app = apps.get(token);
    return new Place(app.id(), token, find(app, number).number());
  }

  @Transactional(readOnly = true)
  ChatView get(String token, String number) {
    return ChatView.of(find(apps.get(token), number));
  }

  private Chat find(App app, String number) {
    long wanted = PathPart.number(number).orElseThrow(ProblemException::chatNotFound);
    return repository
        .findByKey(new Chat.Key(app.id(), wanted))
        .orElseThrow(() -> givenNumbers.missingChat(app.token(), wanted));
  }

  @Transactional(readOnly = true)
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

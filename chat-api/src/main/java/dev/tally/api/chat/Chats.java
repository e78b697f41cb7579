package dev.tally.api.chat;

import dev.tally.api.app.Apps;
import dev.tally.api.page.Page;
import dev.tally.api.page.PageRequest;
import dev.tally.common.identity.Identifiers;
import dev.tally.common.web.problem.ProblemException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.stereotype.Service;

/** Reads chats, and answers 404 for those that do not exist. */
@Service
public class Chats {

  private final Apps apps;
  private final ChatRows rows;
  private final GivenNumbers givenNumbers;

  Chats(Apps apps, ChatRows rows, GivenNumbers givenNumbers) {
    this.apps = apps;
    this.rows = rows;
    this.givenNumbers = givenNumbers;
  }

  /**
   * Identifies an existing chat.
   *
   * @param appId the app's id in the database; never leaves the system
   */
  public record Place(long appId, String token, long number) {}

  /**
   * Finds a chat.
   *
   * @param number the number as text, from the path
   * @throws ProblemException 404 if there is no such app or chat
   */
  public Place place(String token, String number) {
    ChatRows.Found found = find(token, number);
    return new Place(found.appId(), token, found.chat().number());
  }

  ChatView get(String token, String number) {
    return find(token, number).chat();
  }

  private ChatRows.Found find(String token, String number) {
    OptionalLong wanted = Identifiers.number(number);
    if (Identifiers.isToken(token) && wanted.isPresent()) {
      Optional<ChatRows.Found> found = rows.find(token, wanted.getAsLong());
      if (found.isPresent()) {
        return found.get();
      }
    }
    // If the app is missing, this says so.
    apps.get(token);
    throw givenNumbers.missingChat(token, wanted.orElseThrow(ProblemException::chatNotFound));
  }

  Page<ChatView> list(String token, PageRequest page) {
    List<ChatView> found = Identifiers.isToken(token) ? rows.find(token, page) : List.of();
    if (found.isEmpty()) {
      // If the app is missing, this says so.
      apps.get(token);
    }
    return Page.of(found, page.limit());
  }
}

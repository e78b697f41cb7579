package dev.tally.api.chat;

import dev.tally.api.app.Apps;
import dev.tally.api.page.PageBody;
import dev.tally.api.page.PageRequest;
import dev.tally.api.page.Tombstones;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import org.springframework.stereotype.Service;

/**
 * Reads chats, and answers 404 for those that do not exist, 410 for those that are deleted or lost.
 */
@Service
public class Chats {

  private final Apps apps;
  private final ChatRows rows;
  private final Missing missing;

  Chats(Apps apps, ChatRows rows, Missing missing) {
    this.apps = apps;
    this.rows = rows;
    this.missing = missing;
  }

  /** An existing chat: its public name, and the key of its row. */
  public record Place(ChatName name, ChatKey key) {}

  /**
   * Finds a chat, also a lost one: its messages can be read, streamed and searched.
   *
   * @throws ProblemException 404 if there is no such app or chat, 410 if the chat is deleted
   */
  public Place place(ChatName name) {
    return new Place(name, rows.key(name).orElseThrow(() -> missing.chat(name)));
  }

  ChatView get(ChatName name) {
    ChatView chat =
        rows.find(name).filter(row -> !row.deleted()).orElseThrow(() -> missing.chat(name));
    if (chat.lost()) {
      throw ProblemException.of(
          ProblemType.CHAT_LOST, "The chat was lost; its number stays given out.");
    }
    return chat;
  }

  /**
   * Reads chats of an app into a page, until the page is full.
   *
   * @throws ProblemException 404 if there is no such app
   */
  void list(AppToken app, PageRequest page, Tombstones tombstones, PageBody<ChatView> body) {
    rows.read(app, page, tombstones, body);
    if (body.isEmpty()) {
      // If the app is missing, this says so.
      apps.get(app);
    }
  }
}

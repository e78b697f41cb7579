package dev.tally.worker.erase;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.ChatName;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code erasures}, with the token of its app.
 *
 * @param requestedAt in UTC, as in the row
 * @param seenChat the chat of the last message that was looked at, for those of an author
 * @param seenMessage the message's number
 * @param seenChange the last change that was blanked, for those of a message
 * @param rowsErasedAt when a pass left nothing, in UTC; null while there may be something
 */
record Erasure(
    Key key,
    AppToken app,
    LocalDateTime requestedAt,
    long seenChat,
    long seenMessage,
    long seenChange,
    @Nullable LocalDateTime rowsErasedAt) {

  /**
   * The primary key.
   *
   * @param chat 0 for all chats of the app
   * @param message 0 for all messages of the chat; else the history of a deleted message
   * @param author empty for all authors
   */
  record Key(long appId, long chat, long message, String author) {

    static final Key START = new Key(0, 0, 0, "");

    /** A key behind all erasures of the app. */
    Key behindApp() {
      return new Key(appId, Long.MAX_VALUE, 0, "");
    }

    ChatKey chatKey() {
      return new ChatKey(appId, chat);
    }
  }

  boolean isOfAuthor() {
    return !key.author().isEmpty();
  }

  boolean isOfMessage() {
    return key.message() != 0;
  }

  boolean isOfApp() {
    return !isOfAuthor() && key.chat() == 0;
  }

  /** Whether a pass has left nothing, and this is the time to look again. */
  boolean isLooked() {
    return rowsErasedAt != null;
  }

  ChatName chat() {
    return new ChatName(app, key.chat());
  }

  /** What became of a step. */
  enum Outcome {
    /** There is more to do at once. */
    MORE,
    /** There is nothing to do for now. */
    WAITS,
    /** A server did not answer. */
    FAILED
  }
}

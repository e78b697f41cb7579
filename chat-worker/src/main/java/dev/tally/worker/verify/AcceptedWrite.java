package dev.tally.worker.verify;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A write that a client got a 201 or a 200 for: a chat, a message, or a change of a message.
 *
 * @param app the app's token
 * @param chat the chat's number
 * @param message the message's number, null for the chat itself and for a change
 * @param change the change's number, null for a chat or a message
 * @param sha256 SHA-256 of the message's body in hexadecimal digits, null if it is not known
 */
record AcceptedWrite(
    String app, long chat, @Nullable Long message, @Nullable Long change, @Nullable String sha256) {

  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{64}");

  /** The identity of a write: a chat, or one of its messages or changes. */
  record Key(ChatName chat, @Nullable Long message, @Nullable Long change) {

    static Key of(ChatName chat) {
      return new Key(chat, null, null);
    }

    static Key ofMessage(ChatName chat, long message) {
      return new Key(chat, message, null);
    }

    static Key ofChange(ChatName chat, long change) {
      return new Key(chat, null, change);
    }

    /** The whole token, because operators look the write up by it. */
    @Override
    public String toString() {
      String place = "app %s chat %d".formatted(chat.app().value(), chat.number());
      if (change != null) {
        return place + " change " + change;
      }
      return message == null ? place : place + " message " + message;
    }
  }

  AcceptedWrite {
    if (app == null
        || AppToken.parse(app).isEmpty()
        || chat < 1
        || (message != null && message < 1)
        || (change != null && change < 1)) {
      throw new IllegalArgumentException("app must be a token, and numbers must be positive");
    }
    if (message != null && change != null) {
      throw new IllegalArgumentException("a line has a message or a change, or neither");
    }
    if (sha256 != null && (message == null || !HASH.matcher(sha256).matches())) {
      throw new IllegalArgumentException("sha256 must be 64 hexadecimal digits, and a message's");
    }
  }

  Key key() {
    return new Key(new ChatName(new AppToken(app), chat), message, change);
  }
}

package dev.tally.api.stream;

import dev.tally.api.change.FollowedChange;
import dev.tally.api.message.MessageView;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What comes next in a chat, encoded as server-sent events: messages, and then changes if the
 * stream has them. Lost messages and changes without effect have no event; deleted messages have
 * one that says so.
 *
 * @param last the position after the page, whether its last row has an event or not
 * @param messages the number of messages that have events
 * @param changes the number of changes that have events
 * @param oldest the time at which the first of those messages was accepted; null if there is none
 * @param isEnd whether the chat is deleted, so that nothing follows
 */
@SuppressWarnings("ArrayRecordComponent") // No page is compared with another.
record EventPage(
    byte[] bytes,
    Position last,
    int messages,
    int changes,
    @Nullable Instant oldest,
    boolean isEnd) {

  /** Whether the page only leads on. */
  boolean isSilent() {
    return messages == 0 && changes == 0;
  }

  /** Encodes a page, until it is full. */
  static final class Writer {

    private final JsonMapper json;
    private final int maxBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Position after;
    private Position position;
    private int messages;
    private int changes;
    private @Nullable Instant oldest;
    private boolean isEnd;

    /**
     * A page that is empty yet.
     *
     * @param maxBytes the size at which the page is full; its last event may exceed it
     */
    Writer(JsonMapper json, int maxBytes, Position after) {
      this.json = json;
      this.maxBytes = maxBytes;
      this.after = after;
      this.position = after;
    }

    /** Returns whether all of these messages are in the page. */
    boolean addMessages(List<MessageView> next) {
      for (MessageView message : next) {
        if (bytes.size() >= maxBytes) {
          return false;
        }
        position = position.atMessage(message.number());
        if (!message.lost()) {
          if (oldest == null) {
            oldest = message.createdAt();
          }
          messages++;
          event("", message);
        }
      }
      return bytes.size() < maxBytes;
    }

    void addChanges(List<FollowedChange> next) {
      for (FollowedChange change : next) {
        if (bytes.size() >= maxBytes || isEnd) {
          return;
        }
        position = position.atChange(change.number());
        if (change.hasEvent()) {
          changes++;
          event("event: " + change.kind() + "\n", change);
          isEnd = change.endsChat();
        }
      }
    }

    private void event(String name, Object data) {
      bytes.writeBytes(
          "id: %s\n%sdata: %s\n\n"
              .formatted(position.id(), name, json.writeValueAsString(data))
              .getBytes(StandardCharsets.UTF_8));
    }

    /** The page; null if nothing has come after the position. */
    @Nullable EventPage page() {
      return position.equals(after)
          ? null
          : new EventPage(bytes.toByteArray(), position, messages, changes, oldest, isEnd);
    }
  }
}

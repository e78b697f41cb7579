package dev.tally.common.queue;

import org.jspecify.annotations.Nullable;

/**
 * What a client says of a chat.
 *
 * @param name null if it does not say so
 * @param metadata a JSON object without spaces that belongs to the client; null if there is none
 */
public record ChatContent(@Nullable String name, @Nullable String metadata) {

  /** Nothing, which is all that most chats say. */
  public static final ChatContent NONE = new ChatContent(null, null);
}

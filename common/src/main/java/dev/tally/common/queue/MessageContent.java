package dev.tally.common.queue;

import org.jspecify.annotations.Nullable;

/**
 * What a client says in a message.
 *
 * @param author who wrote it, as the app names people; null if it does not say so
 * @param metadata a JSON object without spaces that belongs to the client; null if there is none
 * @param replyTo the number of an earlier message of the chat that this one answers; null if it
 *     answers none
 */
public record MessageContent(
    String body, @Nullable String author, @Nullable String metadata, @Nullable Long replyTo) {

  /** A message that has a body and nothing else. */
  public static MessageContent of(String body) {
    return new MessageContent(body, null, null, null);
  }

  /** Whether there is nothing but the body. */
  public boolean isPlain() {
    return author == null && metadata == null && replyTo == null;
  }
}

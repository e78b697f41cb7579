package dev.tally.worker.drain.erasure;

import dev.tally.common.identity.ChatKey;
import java.time.Instant;

/**
 * A request to erase a deleted chat, or what an author wrote in all chats of an app.
 *
 * @param chat the chat's number; 0 stands for all chats
 * @param author "" stands for all authors
 * @param requestedAt when the request was accepted
 */
public record ErasureRequest(long appId, long chat, String author, Instant requestedAt) {

  /** Of a deleted chat. */
  public static ErasureRequest ofChat(ChatKey chat, Instant requestedAt) {
    return new ErasureRequest(chat.appId(), chat.number(), "", requestedAt);
  }

  /** Of what an author wrote. */
  public static ErasureRequest ofAuthor(long appId, String author, Instant requestedAt) {
    return new ErasureRequest(appId, 0, author, requestedAt);
  }
}

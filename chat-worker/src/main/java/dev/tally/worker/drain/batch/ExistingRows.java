package dev.tally.worker.drain.batch;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import java.util.Map;

/**
 * What a transaction has found in MySQL about the jobs of its batch.
 *
 * @param chats the rows of {@link BatchJobs#chatsToFind} that exist
 * @param locked the rows of {@link BatchJobs#chatsToLock} that exist
 * @param messages the rows of {@link BatchJobs#messagesToFind} that exist
 */
record ExistingRows(
    Map<ChatKey, Row.Chat> chats,
    Map<ChatKey, LockedChat> locked,
    Map<MessageKey, Row.Message> messages) {

  /** The row of an app. No other transaction adds chats to the app before this one ends. */
  record LockedApp(long id, long chatsCount) {}

  /** The row of a chat. No other transaction adds messages to the chat before this one ends. */
  record LockedChat(long messagesCount) {}
}

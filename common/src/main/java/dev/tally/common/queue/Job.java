package dev.tally.common.queue;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An accepted write. It has its number, if it takes one, and waits to be persisted. */
public sealed interface Job {

  /** The app that the job belongs to. */
  AppToken app();

  /** The time of acceptance in microseconds, which becomes the row's {@code created_at}. */
  Instant acceptedAt();

  /** The W3C {@code traceparent} of the job's request, if it had one. */
  @Nullable String traceparent();

  /** A chat to be created. */
  record NewChat(
      ChatName chat, ChatContent content, Instant acceptedAt, @Nullable String traceparent)
      implements Job {

    @Override
    public AppToken app() {
      return chat.app();
    }
  }

  /** A message to be added to a chat. */
  record NewMessage(
      MessageName message, MessageContent content, Instant acceptedAt, @Nullable String traceparent)
      implements Job {

    @Override
    public AppToken app() {
      return message.chat().app();
    }
  }

  /** Something of a chat to be changed, under the next of the numbers that its changes have. */
  sealed interface Change extends Job {

    /** The chat that counts the change. */
    ChatName chat();

    /** The change's own number among those of the chat. */
    long number();

    /** Who makes the change, as the app names people; null if the client does not say so. */
    @Nullable String author();

    /**
     * The revision that is to be changed, 0 if nobody must have changed it before; null if any will
     * do.
     */
    @Nullable Long expectedRevision();

    @Override
    default AppToken app() {
      return chat().app();
    }
  }

  /**
   * An author whose messages in all chats of the app are to be erased. It has no number.
   *
   * @param author as the app names people
   */
  record ErasedAuthor(AppToken app, String author, Instant acceptedAt, @Nullable String traceparent)
      implements Job {}

  /**
   * A message to be edited or deleted.
   *
   * @param number the change's own number among those of the chat
   * @param author who changes it, as the app names people; null if the client does not say so
   * @param expectedRevision the revision that the message must have, 0 if it must not have been
   *     changed; null if any will do
   */
  record ChangedMessage(
      MessageName message,
      long number,
      MessageChange change,
      @Nullable String author,
      @Nullable Long expectedRevision,
      Instant acceptedAt,
      @Nullable String traceparent)
      implements Change {

    @Override
    public ChatName chat() {
      return message.chat();
    }
  }

  /**
   * A chat to be edited or deleted.
   *
   * @param number the change's own number among those of the chat
   * @param author who changes it, as the app names people; null if the client does not say so
   * @param expectedRevision the revision that the chat must have, 0 if it must not have been
   *     changed; null if any will do
   */
  record ChangedChat(
      ChatName chat,
      long number,
      ChatChange change,
      @Nullable String author,
      @Nullable Long expectedRevision,
      Instant acceptedAt,
      @Nullable String traceparent)
      implements Change {}
}

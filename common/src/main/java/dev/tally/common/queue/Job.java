package dev.tally.common.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A write that has been accepted: it has its number, and waits to be persisted. */
public sealed interface Job {

  /** Token of the app that it belongs to. */
  String app();

  /** When the gateway accepted it, to the microsecond; becomes the row's {@code created_at}. */
  Instant acceptedAt();

  /** W3C {@code traceparent} of the request that brought it, if it had one. */
  @Nullable String traceparent();

  /**
   * A chat to be created.
   *
   * @param number the chat's number in its app, from 1
   */
  record NewChat(String app, long number, Instant acceptedAt, @Nullable String traceparent)
      implements Job {}

  /**
   * A message to be added to a chat.
   *
   * @param chat the chat's number in its app
   * @param number the message's number in its chat, from 1
   */
  record NewMessage(
      String app,
      long chat,
      long number,
      String body,
      Instant acceptedAt,
      @Nullable String traceparent)
      implements Job {}
}

package dev.tally.common.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An accepted write. It has its number and waits to be persisted. */
public sealed interface Job {

  /** The token of the app that the job belongs to. */
  String app();

  /** The time of acceptance in microseconds, which becomes the row's {@code created_at}. */
  Instant acceptedAt();

  /** The W3C {@code traceparent} of the job's request, if it had one. */
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

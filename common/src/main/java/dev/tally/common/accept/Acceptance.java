package dev.tally.common.accept;

import dev.tally.common.identity.NumberRange;
import java.time.Duration;

/** Redis' answer to a write. */
public sealed interface Acceptance {

  /** The jobs are queued, by this request or by the same request before it. */
  record Accepted(NumberRange numbers, boolean replayed) implements Acceptance {}

  /**
   * This run of Redis is not checked yet, or not by this service. The script changed nothing.
   *
   * @param checks how many checks of the partition this service had made before
   */
  record Unchecked(int checks) implements Acceptance {}

  /**
   * Redis does not know whether the app takes writes: it has no access state of the app, or one of
   * an older epoch. The script changed nothing, and did not look for an idempotency record.
   */
  record UnknownAccess() implements Acceptance {}

  /** The app is deleted, so also a repeated request is refused. The script changed nothing. */
  record AppDeleted() implements Acceptance {}

  /**
   * Redis has no counter for the parent, or one of an older epoch, or a chat's without the number
   * of its changes. The script changed nothing.
   */
  record UnknownParent() implements Acceptance {}

  /** The parent's counter is no number. The script changed nothing. */
  record CounterUnusable() implements Acceptance {}

  /**
   * The counter of the app's chats is behind: the next chat exists already. The script changed
   * nothing.
   */
  record CounterBehind() implements Acceptance {}

  /**
   * A job answers or changes a message whose number the chat has not given out. The script changed
   * nothing.
   *
   * @param highest the highest number that it has given out
   */
  record NoSuchMessage(long highest) implements Acceptance {}

  /** The chat is deleted. The script changed nothing. */
  record ChatDeleted() implements Acceptance {}

  /** The partition's queue has no room for the jobs. The script changed nothing. */
  record QueueFull() implements Acceptance {}

  /** Another request used the idempotency key. The script changed nothing. */
  record KeyReused() implements Acceptance {}

  /**
   * Redis has as many idempotency records of the app as it may have. The script changed nothing.
   *
   * @param retryAfter until some of them expire; zero if none of them does
   */
  record TooManyKeys(Duration retryAfter) implements Acceptance {}
}

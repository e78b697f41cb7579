package dev.tally.gateway.accept;

/** What came of asking Redis to accept a write. */
sealed interface Acceptance {

  /** The jobs are queued, or were when the same request came before. */
  record Accepted(Numbers numbers, boolean replayed) implements Acceptance {}

  /** Redis has no counter for the parent. Nothing has happened. */
  record UnknownParent() implements Acceptance {}

  /** The partition's list is at its bound. Nothing has happened. */
  record QueueFull() implements Acceptance {}

  /** The idempotency key has been used for another request. Nothing has happened. */
  record KeyReused() implements Acceptance {}
}

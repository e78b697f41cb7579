package dev.tally.stack;

/** Thrown if the stack or one of its servers cannot run. The message says why, and what to do. */
public final class StackException extends RuntimeException {

  private static final long serialVersionUID = 1;

  StackException(String message) {
    super(message);
  }

  StackException(String message, Throwable cause) {
    super(message, cause);
  }
}

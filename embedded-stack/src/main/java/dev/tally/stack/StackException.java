package dev.tally.stack;

/**
 * The stack, or one of its servers, cannot be run. The message says which, and what to do about it.
 */
public final class StackException extends RuntimeException {

  private static final long serialVersionUID = 1;

  StackException(String message) {
    super(message);
  }

  StackException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.tally.gateway.accept;

/**
 * A change is of a message whose number the chat has not given out, or a message answers one.
 * Nothing was accepted.
 */
public final class NoSuchMessageException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final long highest;

  /** It is a client's mistake, and not a fault, so it has no stack trace. */
  NoSuchMessageException(long highest) {
    super("the highest number of the chat is " + highest, null, false, false);
    this.highest = highest;
  }

  /** The highest number that the chat has given out. */
  public long highest() {
    return highest;
  }
}

package dev.tally.common.startup;

/**
 * A server has data that this version of Tally, with its configuration, must not touch, or would
 * not keep what it is given. The message is one line and says what to do. At start, a service
 * prints it instead of a stack trace.
 */
public final class IncompatibleDataException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  public IncompatibleDataException(String message) {
    super(message);
  }
}

package dev.tally.common.startup;

/**
 * A server holds data that this version of Tally, configured as it is, must not touch. The message
 * is one line and says what to do. A service that starts prints it in place of a stack trace.
 */
public final class IncompatibleDataException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  public IncompatibleDataException(String message) {
    super(message);
  }
}

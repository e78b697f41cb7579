package dev.tally.common.startup;

/**
 * A service cannot start with a setting. The message is one line that names the setting and says
 * what to do. It quotes nothing of the value, which may hold a password, and there is no cause,
 * whose message might. At start, a service prints the message instead of a stack trace.
 */
public final class InvalidSettingException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  public InvalidSettingException(String message) {
    super(message);
  }
}

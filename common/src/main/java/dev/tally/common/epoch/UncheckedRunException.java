package dev.tally.common.epoch;

import org.springframework.dao.TransientDataAccessResourceException;

/** A run of Redis must not be used now, whatever the caller remembers. */
final class UncheckedRunException extends TransientDataAccessResourceException {

  private static final long serialVersionUID = 1;

  UncheckedRunException(String message) {
    super(message);
  }

  UncheckedRunException(String message, Throwable cause) {
    super(message, cause);
  }
}

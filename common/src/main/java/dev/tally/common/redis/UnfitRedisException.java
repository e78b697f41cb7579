package dev.tally.common.redis;

import org.springframework.dao.NonTransientDataAccessResourceException;

/**
 * Redis is reachable, but would not keep what it takes, or must not be touched. The message is one
 * line and says what to do.
 */
public final class UnfitRedisException extends NonTransientDataAccessResourceException {

  private static final long serialVersionUID = 1L;

  UnfitRedisException(String message) {
    super(message);
  }
}

package dev.tally.common.accept.replica;

import org.springframework.dao.TransientDataAccessResourceException;

/**
 * Redis has queued a write, and it is not known that enough replicas have it: if Redis is lost now,
 * the write may be lost, too. The same request with the same idempotency key queues nothing again,
 * and asks again for the replicas.
 */
public final class UnconfirmedWriteException extends TransientDataAccessResourceException {

  private static final long serialVersionUID = 1L;

  UnconfirmedWriteException(String message) {
    super(message);
  }

  UnconfirmedWriteException(String message, Throwable cause) {
    super(message, cause);
  }
}

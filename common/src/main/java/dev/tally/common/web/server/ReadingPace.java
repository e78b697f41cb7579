package dev.tally.common.web.server;

import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * How far the client of a connection is behind in reading. Only time counts in which the client
 * keeps the service waiting, because what was sent before fills the connection; each byte that then
 * gets through takes off its share. So a client that reads as fast as it must is never cut off,
 * whatever it reads and for how long, and a stream without messages is no slow client.
 *
 * <p>One thread at a time writes to a connection.
 */
final class ReadingPace {

  private final double nanosPerByte;
  private final long allowance;
  private boolean waiting;
  private long since;
  private long behind;

  /**
   * @param bytesPerSecond how fast a client must read
   * @param allowance how far it may be behind that
   */
  ReadingPace(long bytesPerSecond, Duration allowance) {
    this.nanosPerByte = 1e9 / bytesPerSecond;
    this.allowance = allowance.toNanos();
  }

  /** Forgets all, for another request or client. */
  void reset() {
    waiting = false;
    behind = 0;
  }

  /**
   * Notes that a write begins.
   *
   * @param now the time, as {@code System.nanoTime} counts
   * @throws SocketTimeoutException if the client is too far behind
   */
  void begin(long now) throws SocketTimeoutException {
    if (!waiting) {
      return;
    }
    behind += now - since;
    since = now;
    if (behind > allowance) {
      throw new SocketTimeoutException("the client reads too slowly");
    }
  }

  /**
   * Notes that a write ended.
   *
   * @param bytes the bytes written
   * @param full whether there was no room for all bytes, so that the service now waits
   */
  void end(long bytes, boolean full, long now) {
    behind = Math.max(0, behind - (long) (bytes * nanosPerByte));
    waiting = full;
    since = now;
  }
}

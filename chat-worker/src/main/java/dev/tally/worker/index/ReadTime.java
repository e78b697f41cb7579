package dev.tally.worker.index;

import java.time.Duration;
import org.springframework.dao.TransientDataAccessResourceException;

/**
 * When messages were read from MySQL, by this process's clock. Messages that were read long ago may
 * have been erased since, and are not sent any more.
 *
 * @param nanos {@link System#nanoTime} before the reading began
 */
public record ReadTime(long nanos) {

  /** How long after the reading a request with the messages may begin. */
  public static final Duration LONGEST = Duration.ofSeconds(30);

  /** Reading begins now. */
  public static ReadTime now() {
    return new ReadTime(System.nanoTime());
  }

  /**
   * @throws TransientDataAccessResourceException if the messages have to be read again
   */
  void requireFresh() {
    if (System.nanoTime() - nanos > LONGEST.toNanos()) {
      throw new TransientDataAccessResourceException(
          "messages that were read %d s ago are read again"
              .formatted(Duration.ofNanos(System.nanoTime() - nanos).toSeconds()));
    }
  }
}

package dev.tally.worker.outbox;

import dev.tally.common.identity.NumberRange;
import java.time.Duration;
import java.util.List;

/**
 * What becomes of a row after a round of indexing.
 *
 * @param left the parts of the row that are still to be indexed; empty if the row is done
 */
public record Settlement(SearchOutbox.Row row, List<Left> left) {

  /**
   * A part of a row that is still to be indexed.
   *
   * @param attempts how often Elasticsearch has not taken some of its messages
   * @param delay the time until it is due
   */
  public record Left(NumberRange numbers, int attempts, Duration delay) {}
}

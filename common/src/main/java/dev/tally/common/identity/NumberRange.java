package dev.tally.common.identity;

/**
 * Consecutive numbers of one app or chat.
 *
 * @param first the lowest number
 * @param last the highest number, not below {@code first}
 */
public record NumberRange(long first, long last) {

  /**
   * @throws IllegalArgumentException if the range is empty
   */
  public NumberRange {
    if (last < first) {
      throw new IllegalArgumentException("an empty range: %d to %d".formatted(first, last));
    }
  }

  /** The number of numbers, at least 1. */
  public long size() {
    return last - first + 1;
  }
}

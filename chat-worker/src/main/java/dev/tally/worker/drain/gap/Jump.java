package dev.tally.worker.drain.gap;

import dev.tally.common.accept.counter.Parent;
import java.util.List;

/**
 * New rows of a parent of which the highest number exceeds the parent's count with them, so that
 * numbers below it have no rows.
 *
 * @param appId the id of the parent's app
 * @param numbers the new rows' numbers, in order
 */
public record Jump(Parent parent, long appId, List<Long> numbers) {

  /**
   * Whether new rows are a jump.
   *
   * @param countBefore the parent's locked count, without them
   * @param rows how many they are
   * @param highest the highest of their numbers
   */
  public static boolean isJump(long countBefore, int rows, long highest) {
    return highest > countBefore + rows;
  }
}

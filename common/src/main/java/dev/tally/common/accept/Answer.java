package dev.tally.common.accept;

import dev.tally.common.accept.replica.Confirmation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A script's answer.
 *
 * @param values what it returned, with a {@code byte[]} for a string and a {@code Long} for a
 *     number
 * @param confirmation what was sent behind the call; null if no replica must confirm it
 * @param deadline until when the caller waits, as {@link System#nanoTime} tells it
 */
record Answer(List<Object> values, @Nullable Confirmation confirmation, long deadline) {

  /**
   * Returns when enough replicas have what the script wrote. The script must have written:
   * otherwise, replicas may not have what another connection wrote before.
   *
   * @throws dev.tally.common.accept.replica.UnconfirmedWriteException if too few have it, or that
   *     is not known in time
   */
  void requireConfirmed() {
    if (confirmation != null) {
      confirmation.require(deadline);
    }
  }
}

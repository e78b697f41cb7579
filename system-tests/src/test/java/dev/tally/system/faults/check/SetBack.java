package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.Parent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * A server, or two at once, that went back to an earlier state, and what it had lost by that.
 *
 * @param redis whether Redis went back
 * @param mySql whether MySQL went back
 * @param isSeen whether somebody outside the servers remembers what they lost
 * @param begunNanos before this moment, nobody could notice that anything was lost
 * @param gone the moment of {@code goneNanos} by the clock
 * @param goneNanos what was accepted after this moment is not lost: the killed servers never had it
 * @param settledNanos from this moment on, reads show void rows for what MySQL has lost
 * @param apps the tokens of the apps that MySQL had in the earlier state
 * @param kept the highest number of each parent that is not lost, with all below it; 0 if absent
 * @param rows the highest number of each parent in MySQL's earlier state; absent if MySQL had no
 *     such parent
 * @param reach the highest number of a parent that is lost: those after it wait in Redis; absent if
 *     none waits
 */
public record SetBack(
    boolean redis,
    boolean mySql,
    boolean isSeen,
    long begunNanos,
    Instant gone,
    long goneNanos,
    long settledNanos,
    Set<String> apps,
    Map<Parent, Long> kept,
    Map<Parent, Long> rows,
    Map<Parent, Long> reach) {

  /** How long it takes at most until a loss is noticed: services must start, and probes succeed. */
  private static final Duration NOTICING = Duration.ofMinutes(3);

  /** Logs have no smaller part of a second. */
  private static final Duration MILLISECOND = Duration.ofMillis(1);

  /**
   * Whether an epoch that began at this moment may name the loss of a write.
   *
   * @param startNanos when the write's request began
   */
  boolean isNamedAt(Instant raise, long startNanos) {
    long sinceGone = Duration.between(gone, raise).toNanos();
    long earliest = Math.max(begunNanos, startNanos) - MILLISECOND.toNanos();
    return goneNanos + sinceGone >= earliest && sinceGone < NOTICING.toNanos();
  }

  /** Whether a number that was given out before the servers went back may be lost. */
  boolean loses(Parent parent, long number) {
    return number > kept.getOrDefault(parent, 0L)
        && number <= reach.getOrDefault(parent, Long.MAX_VALUE);
  }

  /** Whether MySQL may have lost a row. */
  boolean losesRow(Parent parent, long number) {
    return mySql && number > rows.getOrDefault(parent, 0L);
  }
}

package dev.tally.common.epoch;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which run of Redis takes a partition's next term.
 *
 * <p>A run that is checked takes the next term, and replaces the one that was checked before. A
 * primary that was replaced does not know that at once, and goes on. Sentinels make it a replica
 * within {@link #DEMOTION}.
 *
 * <p>A run that still is the primary after that time was not replaced for good: the other one was
 * checked by a service whose connection led to the wrong Redis for a moment. Without an end of the
 * waiting, nobody could use the partition any more.
 */
final class Terms {

  private static final Logger log = LoggerFactory.getLogger(Terms.class);

  /** Sentinels ask each Redis every ten seconds what it is, and want to hear it twice. */
  static final Duration DEMOTION = Duration.ofSeconds(30);

  /** A Redis that was frozen in between could not be told, so the time begins anew. */
  static final Duration LONGEST_GAP = Duration.ofSeconds(10);

  private final LongSupplier nanoTime;
  private final Map<Integer, Sight> sights = new ConcurrentHashMap<>();

  /**
   * A run that was seen after it was replaced.
   *
   * @param term the term that replaced it
   */
  private record Sight(String run, long term, long first, long last) {

    boolean isContinuedBy(Sight next) {
      return run.equals(next.run) && term == next.term && next.last - last <= LONGEST_GAP.toNanos();
    }
  }

  Terms(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Whether a run takes a new term when it is compared, with the row locked.
   *
   * @throws UncheckedRunException if another run has been checked since, and that may be right
   */
  boolean isDue(int partition, PartitionState state, PartitionRow row) {
    if (!state.isReplaced(row)) {
      sights.remove(partition);
      return !state.hasTerm();
    }
    long now = nanoTime.getAsLong();
    Sight sight =
        sights.merge(
            partition,
            new Sight(state.run(), row.term(), now, now),
            (old, next) ->
                old.isContinuedBy(next)
                    ? new Sight(old.run(), old.term(), old.first(), now)
                    : next);
    if (now - sight.first() < DEMOTION.toNanos()) {
      throw new UncheckedRunException(
          "partition %d: another run of Redis has been checked since this one, so this one has been replaced"
              .formatted(partition));
    }
    log.warn(
        "partition {}: another run of Redis was checked {} s ago, but this one is still the primary",
        partition,
        Duration.ofNanos(now - sight.first()).toSeconds());
    return true;
  }
}

package dev.tally.worker.drain;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs the next transaction of a partition may have. Transactions should take no longer
 * than a target, so that rows are soon readable, and MySQL may become many times slower before one
 * times out.
 *
 * <ul>
 *   <li>A transaction within the target lets the next ones have as many jobs as would have taken
 *       the target at its pace, but at most twice as many as before.
 *   <li>A slower transaction halves the size.
 *   <li>After a timeout, the size is what would have taken the target, had the transaction been
 *       about to commit.
 *   <li>A transaction also costs time that does not depend on its jobs, such as round trips and the
 *       commit. If this is most of its time, then fewer jobs only make each more expensive. So the
 *       size doubles if of the latest two transactions the larger one was faster, job by job.
 * </ul>
 *
 * @param jobs at least 1
 * @param most the largest size
 * @param target how long a transaction should take
 * @param latest the latest transaction, unless it timed out
 */
record BatchSize(int jobs, int most, Duration target, @Nullable Transaction latest) {

  /** The largest size. */
  static BatchSize of(int most, Duration target) {
    return new BatchSize(most, most, target, null);
  }

  /** The size after a transaction that has committed so many jobs. */
  BatchSize after(int committed, Duration time) {
    Transaction now = new Transaction(committed, time);
    if (latest != null && now.showsThatLargerIsFaster(latest)) {
      return next(Math.max(jobs, 2 * committed), now);
    }
    if (time.compareTo(target) <= 0) {
      return next(Math.max(jobs, Math.min(2 * jobs, now.jobsIn(target))), now);
    }
    if (jobs == 1 && latest != null && latest.jobs() == 1) {
      // Two of the same size show nothing, and there is no smaller one to compare with.
      return next(2, now);
    }
    return next(jobs / 2, now);
  }

  /** The size after a transaction with so many jobs that timed out. */
  BatchSize afterTimeout(int tried, Duration time) {
    int onTarget = new Transaction(tried, time).jobsIn(target);
    return next(Math.min(tried / 2, onTarget), null);
  }

  private BatchSize next(int wanted, @Nullable Transaction now) {
    return new BatchSize(Math.clamp(wanted, 1, most), most, target, now);
  }

  /** The jobs of a transaction, and its time. */
  record Transaction(int jobs, Duration time) {

    /** What counts as larger, and as faster. Less is usually chance. */
    private static final double LARGER = 1.5;

    private static final double FASTER = 4.0 / 3;

    /** How many jobs take this time at the same pace. */
    private int jobsIn(Duration other) {
      return (int) ((double) jobs * other.toNanos() / nanos());
    }

    private double pace() {
      return (double) jobs / nanos();
    }

    private long nanos() {
      return Math.max(1, time.toNanos());
    }

    private boolean showsThatLargerIsFaster(Transaction other) {
      return jobs > other.jobs ? isLargerAndFaster(other) : other.isLargerAndFaster(this);
    }

    private boolean isLargerAndFaster(Transaction other) {
      return jobs >= LARGER * other.jobs && pace() > FASTER * other.pace();
    }
  }
}

package dev.tally.bench.compare;

/**
 * The work of a turn. Numbers instead of times: both revisions then leave the same data behind.
 *
 * @param warmUp the number of messages and of reads before the first measurement
 * @param accepted the number of messages in requests of their own
 * @param drained the number of messages in the queue that the worker empties
 * @param read the number of reads
 */
public record Amounts(int warmUp, int accepted, int drained, int read) {

  public static final Amounts FULL = new Amounts(20_000, 10_000, 20_000, 10_000);

  /** Only shows that everything runs. Its intervals are wide. */
  public static final Amounts QUICK = new Amounts(4_000, 4_000, 10_000, 4_000);
}

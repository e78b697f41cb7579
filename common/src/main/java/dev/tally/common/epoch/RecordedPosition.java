package dev.tally.common.epoch;

/**
 * What a partition's positions were when they were recorded outside of Redis and MySQL.
 *
 * @param run the run of Redis then
 * @param persisted the position up to which MySQL had persisted batches
 */
public record RecordedPosition(String run, long epoch, long position, long persisted) {

  /** Of a partition that nothing is recorded of. */
  public static final RecordedPosition NONE = new RecordedPosition("", 0, 0, 0);

  /** Whether MySQL must have come further than the given end. */
  boolean isAheadOf(PartitionRow.End end) {
    return epoch > end.epoch() || (epoch == end.epoch() && persisted > end.persisted());
  }
}

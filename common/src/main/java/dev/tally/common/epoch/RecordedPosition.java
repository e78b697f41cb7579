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

  /** Whether MySQL must have had more than this row says. */
  boolean isAheadOf(PartitionRow row) {
    return epoch > row.epoch() || (epoch == row.epoch() && persisted > row.persisted());
  }
}

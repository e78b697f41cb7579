package dev.tally.common.epoch;

import org.jspecify.annotations.Nullable;

/**
 * What MySQL knows of a partition's positions.
 *
 * @param term how often another run of Redis was checked
 * @param persisted the position up to which batches are persisted
 * @param seen the highest position that a worker has seen when it claimed a batch
 * @param fillDue the epoch that began because MySQL was set back, until the numbers that it has
 *     lost are filled; else 0
 * @param ended the first epoch that has ended since the positions were last compared with their
 *     record, if one has
 */
public record PartitionRow(
    long term, long epoch, long persisted, long seen, long fillDue, @Nullable End ended) {

  /**
   * How far MySQL came in an epoch.
   *
   * @param persisted the position up to which it had persisted batches
   */
  record End(long epoch, long persisted) {}

  /** A row in which nothing is due. */
  public PartitionRow(long term, long epoch, long persisted, long seen) {
    this(term, epoch, persisted, seen, 0, null);
  }

  /** A partition that MySQL knows nothing of. */
  static final PartitionRow NONE = new PartitionRow(0, 0, 0, 0);

  /** How far MySQL has come in its present epoch. */
  End present() {
    return new End(epoch, persisted);
  }

  /**
   * What the record must not be ahead of. A new epoch raises the persisted position although no
   * rows were written, so the present one no longer shows that the record was ahead.
   *
   * <p>What was recorded in the present run and epoch is compared with the present: a service of a
   * version that compares no ended epochs records so.
   */
  End recordable(PartitionState state, RecordedPosition recorded) {
    boolean isPresent = recorded.run().equals(state.run()) && recorded.epoch() == epoch;
    return ended == null || isPresent ? present() : ended;
  }
}

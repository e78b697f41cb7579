package dev.tally.common.epoch;

/**
 * What MySQL knows of a partition's positions.
 *
 * @param term how often another run of Redis was checked
 * @param persisted the position up to which batches are persisted
 * @param seen the highest position that a worker has seen when it claimed a batch
 * @param fillDue the epoch that began because MySQL was set back, until the numbers that it has
 *     lost are filled; else 0
 */
public record PartitionRow(long term, long epoch, long persisted, long seen, long fillDue) {

  /** A row in which nothing is due. */
  public PartitionRow(long term, long epoch, long persisted, long seen) {
    this(term, epoch, persisted, seen, 0);
  }

  /** A partition that MySQL knows nothing of. */
  static final PartitionRow NONE = new PartitionRow(0, 0, 0, 0);
}

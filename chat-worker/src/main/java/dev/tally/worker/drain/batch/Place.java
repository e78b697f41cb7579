package dev.tally.worker.drain.batch;

/**
 * Where a batch is among the jobs of its partition, as Redis said when it was claimed.
 *
 * @param run the run of Redis
 * @param epoch the epoch of the partition
 * @param acknowledged how many jobs were done before the batch
 * @param position how many jobs had been accepted
 */
public record Place(String run, long epoch, long acknowledged, long position) {

  /** The place of no batch. */
  public static final Place NONE = new Place("", 0, 0, 0);
}

package dev.tally.worker.drain.batch;

import dev.tally.common.epoch.RecordedPosition;

/**
 * Where a batch is among the jobs of its partition, as Redis said when it was claimed.
 *
 * @param run the run of Redis
 * @param term how often another run was checked
 * @param epoch the epoch of the partition
 * @param acknowledged how many jobs were done before the batch
 * @param position how many jobs had been accepted
 */
public record Place(String run, long term, long epoch, long acknowledged, long position) {

  /** The place of no batch. */
  public static final Place NONE = new Place("", 0, 0, 0, 0);

  /** What this worker knows of the partition since, and Redis or MySQL may have lost. */
  public RecordedPosition recorded() {
    return new RecordedPosition(run, epoch, position, acknowledged);
  }
}

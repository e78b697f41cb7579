package dev.tally.common.epoch;

/**
 * What Redis knows of a partition's positions.
 *
 * @param run the name of the Redis process; {@code unknown} if Redis does not tell it
 * @param checkedRun the run that was checked last; empty if none was
 * @param position how many jobs have been accepted
 * @param acknowledged how many of them are done
 * @param checkedPosition the position when the run was checked
 * @param claimed how many jobs are claimed
 * @param waiting how many jobs no worker has claimed yet
 */
record PartitionState(
    String run,
    String checkedRun,
    long position,
    long acknowledged,
    long epoch,
    long checkedPosition,
    long claimed,
    long waiting) {

  boolean isChecked() {
    return checkedRun.equals(run);
  }
}

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
 * @param term how often another run was checked with MySQL
 * @param termRun the run that took the term; empty if none did
 */
record PartitionState(
    String run,
    String checkedRun,
    long position,
    long acknowledged,
    long epoch,
    long checkedPosition,
    long claimed,
    long waiting,
    long term,
    String termRun) {

  boolean isChecked() {
    return checkedRun.equals(run);
  }

  /** Whether the run was checked with MySQL, and took a term. */
  boolean hasTerm() {
    return isChecked() && termRun.equals(run);
  }

  /** Whether another run has taken a term since this one. */
  boolean isReplaced(PartitionRow row) {
    return hasTerm() && row.term() > term;
  }

  /** Whether nothing says that a server lost something, and no epoch waits to be compared. */
  boolean isCertain(PartitionRow row) {
    return hasTerm()
        && !isReplaced(row)
        && epoch == row.epoch()
        && acknowledged <= row.persisted()
        && row.ended() == null;
  }
}

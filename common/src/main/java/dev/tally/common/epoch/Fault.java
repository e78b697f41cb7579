package dev.tally.common.epoch;

import java.util.EnumSet;
import java.util.Set;

/** Why an epoch is raised. */
enum Fault {
  REDIS_LOST_WRITES("redis-lost-writes", "Redis lost its latest writes"),
  MYSQL_SET_BACK("mysql-set-back", "MySQL was set back"),
  INTERRUPTED("interrupted", "a new epoch was begun and not recorded in Redis");

  private final String slug;
  private final String text;

  Fault(String slug, String text) {
    this.slug = slug;
    this.text = text;
  }

  /** The fault's name in metrics. */
  String slug() {
    return slug;
  }

  /** What the log says of the fault. */
  String text() {
    return text;
  }

  /**
   * What is missing. Both servers may have been set back, each to a moment of its own.
   *
   * @param remembered the highest position that somebody remembers, 0 if nobody does
   * @param mysql how far MySQL has come, or had come when the first epoch since the last comparison
   *     with the record ended
   */
  static Set<Fault> between(
      PartitionState state,
      PartitionRow row,
      long remembered,
      RecordedPosition recorded,
      PartitionRow.End mysql) {
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    // A record of this run says nothing of the position at which the run was checked.
    boolean isOfEarlierRun = !recorded.run().equals(state.run());
    if (state.position() < Math.max(remembered, Math.max(row.persisted(), row.seen()))
        || (state.isChecked() && isOfEarlierRun && remembered > state.checkedPosition())) {
      faults.add(REDIS_LOST_WRITES);
    }
    if (row.persisted() < state.acknowledged()
        || row.epoch() < state.epoch()
        || recorded.isAheadOf(mysql)) {
      faults.add(MYSQL_SET_BACK);
    }
    if (faults.isEmpty() && row.epoch() > state.epoch()) {
      faults.add(INTERRUPTED);
    }
    return faults;
  }
}

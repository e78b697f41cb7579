package dev.tally.worker.lease;

/** The work on a partition, for as long as this worker holds its lease. */
@FunctionalInterface
public interface LeasedWork {

  /**
   * Works on a partition until the lease ends, then returns soon. Runs on a thread of its own.
   *
   * @throws LeaseLostException if the lease was lost before the work was done
   */
  void run(Lease lease);
}

package dev.tally.worker.lease;

/** What is done with a partition as long as its lease is held. */
@FunctionalInterface
public interface LeasedWork {

  /**
   * Works on a partition until the lease ends, then returns soon. Runs on a thread of its own.
   *
   * @throws LeaseLostException if the work met the end of the lease
   */
  void run(Lease lease);
}

package dev.tally.worker.lease;

/**
 * Another worker holds the lease by now, or may hold it. A transaction that is not committed must
 * roll back.
 */
public final class LeaseLostException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public LeaseLostException(int partition) {
    super("the lease of partition " + partition + " is lost", null, false, false);
  }
}

package dev.tally.worker.lease;

/** The partition is another worker's by now, or may be. Whatever is not committed must not be. */
public final class LeaseLostException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public LeaseLostException(int partition) {
    super("the lease of partition " + partition + " is lost", null, false, false);
  }
}

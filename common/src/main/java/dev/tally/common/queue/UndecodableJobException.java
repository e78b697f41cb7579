package dev.tally.common.queue;

/** A queued job cannot be read, now or later. The message quotes nothing of the job. */
public final class UndecodableJobException extends Exception {

  private static final long serialVersionUID = 1;

  UndecodableJobException(String message) {
    super(message);
  }
}

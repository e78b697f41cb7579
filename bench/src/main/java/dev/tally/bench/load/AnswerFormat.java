package dev.tally.bench.load;

/** Finds answers in the received bytes. */
interface AnswerFormat {

  /**
   * Returns the position after the answer that begins at {@code from}, or -1 if it is not there.
   */
  int end(byte[] received, int from, int to);

  /** Whether a complete answer is a success. */
  boolean isSuccess(byte[] received, int from);
}

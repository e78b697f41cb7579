package dev.tally.bench.load;

/** Finds the end of an answer in the received bytes. */
public interface AnswerFormat {

  /**
   * Finds the end of an answer.
   *
   * @param from the beginning of the answer
   * @param to the end of the received bytes
   * @return the position after the answer, or -1 if the answer is not complete
   */
  int end(byte[] received, int from, int to);

  /** Whether a complete answer is a success. */
  boolean succeeded(byte[] received, int from, int end);
}

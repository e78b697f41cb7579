package dev.tally.bench.load;

/** How a client finds the end of an answer in what it has received. */
public interface AnswerFormat {

  /**
   * Finds the end of an answer.
   *
   * @param from where the answer begins
   * @param to where what has been received ends
   * @return the position after the answer, -1 if there is more to come
   */
  int end(byte[] received, int from, int to);

  /** Whether a whole answer is what the benchmark wants to hear. */
  boolean succeeded(byte[] received, int from, int end);

  /** Whether the server closes the connection after this answer. */
  boolean closes(byte[] received, int from, int end);
}

package dev.tally.bench.load;

/** Gets each successful answer, on the load generator's thread. */
@FunctionalInterface
public interface AnswerListener {

  /** Does nothing. */
  AnswerListener NONE = (sequence, intended, received, from, end) -> {};

  /**
   * Gets an answer.
   *
   * @param sequence the number of the request, from 0
   * @param intended the time when the request was due, by {@link System#nanoTime()}
   * @param received the received bytes; they have the answer from {@code from} to {@code end}, but
   *     only until this method returns
   */
  void answered(long sequence, long intended, byte[] received, int from, int end);
}

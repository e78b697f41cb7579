package dev.tally.bench.load;

/** Is told of each answer, on the load generator's thread. */
@FunctionalInterface
public interface AnswerListener {

  /** Does nothing. */
  AnswerListener NONE = (sequence, intended, received, from, end) -> {};

  /**
   * A request has been answered.
   *
   * @param sequence which request, from 0
   * @param intended {@link System#nanoTime()} of when it was to be sent
   * @param received has the answer from {@code from} to {@code end}, until this method returns
   */
  void answered(long sequence, long intended, byte[] received, int from, int end);
}

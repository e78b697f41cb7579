package dev.tally.bench.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What came of a load.
 *
 * @param answers answers that came in time
 * @param elapsed how long the load lasted
 * @param generatorCpu processor time that the generator itself has used
 * @param latencies in nanoseconds: of a closed loop from the sending, of an open loop from the time
 *     that the request was to be sent
 */
public record LoadResult(
    long answers, Duration elapsed, Duration generatorCpu, Histogram latencies) {

  /** Answers a second. */
  public double rate() {
    return answers * 1e9 / elapsed.toNanos();
  }
}

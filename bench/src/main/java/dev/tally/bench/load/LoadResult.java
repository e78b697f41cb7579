package dev.tally.bench.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * The result of a load.
 *
 * @param answers the number of successful answers that came in time
 * @param elapsed the duration of the load
 * @param generatorCpu the processor time that the generator itself has used
 * @param latencies in nanoseconds; from sending in a closed loop, from the due time in an open loop
 */
public record LoadResult(
    long answers, Duration elapsed, Duration generatorCpu, Histogram latencies) {

  /** Answers per second. */
  public double rate() {
    return answers * 1e9 / elapsed.toNanos();
  }
}

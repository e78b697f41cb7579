package dev.tally.bench.compare;

import dev.tally.bench.report.Series;
import java.util.Arrays;

/**
 * A median with a confidence interval of at least 95 %, which assumes nothing about the
 * distribution of the values, only that they are independent.
 *
 * <p>Each value is below the true median with probability ½. So the true median is outside the
 * range from the k-th lowest to the k-th highest of n values with probability 2·P(B(n, ½) < k). The
 * interval is that range for the largest k that keeps the probability at or below 5 %: for 20
 * values from the sixth to the fifteenth. See Conover, "Practical Nonparametric Statistics", third
 * edition, 1999, section 3.2.
 */
record MedianInterval(double median, double low, double high) {

  /** With fewer values, even the range from the lowest to the highest is no 95 % interval. */
  static final int FEWEST = 6;

  private static final double OUTSIDE = 0.05;

  /** Computes the interval of at least {@value #FEWEST} values. */
  static MedianInterval of(double... values) {
    int n = values.length;
    if (n < FEWEST) {
      throw new IllegalArgumentException(
          "a 95 %% interval needs %d values, and there are %d".formatted(FEWEST, n));
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int k = 0;
    double probability = Math.pow(0.5, n);
    for (double sum = probability; 2 * sum <= OUTSIDE; sum += probability) {
      k++;
      probability = probability * (n - k + 1) / k;
    }
    return new MedianInterval(Series.medianOf(values), sorted[k - 1], sorted[n - k]);
  }

  /**
   * Whether values below a limit are still in the interval: the limit is then not surely missed.
   */
  boolean reachesUnder(double limit) {
    return low < limit;
  }
}

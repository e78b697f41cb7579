package dev.tally.bench.report;

import java.util.Arrays;

/** A figure that was measured several times, because the machine is noisy. */
public record Figure(double median, double low, double high) {

  /** Of one measurement or more. */
  public static Figure of(double... measured) {
    double[] sorted = measured.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Figure(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** Of the quotients of two series, each of measurements that were made right after each other. */
  public static Figure ratio(double[] measured, double[] limits) {
    double[] quotients = new double[measured.length];
    for (int i = 0; i < quotients.length; i++) {
      quotients[i] = measured[i] / limits[i];
    }
    return of(quotients);
  }
}

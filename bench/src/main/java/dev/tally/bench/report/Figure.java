package dev.tally.bench.report;

import java.util.Arrays;

/** A figure of several measurements: on a noisy machine, one is not enough. */
public record Figure(double median, double low, double high) {

  /** Makes a figure of one or more measurements. */
  public static Figure of(double... measured) {
    double[] sorted = measured.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Figure(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** Makes a figure of the ratios of two series whose measurements took turns. */
  public static Figure ratio(double[] measured, double[] limits) {
    double[] quotients = new double[measured.length];
    for (int i = 0; i < quotients.length; i++) {
      quotients[i] = measured[i] / limits[i];
    }
    return of(quotients);
  }
}

package dev.tally.bench.report;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The figures of a measurement, one of each round: on a noisy machine, one is not enough.
 *
 * @param name what a row shows if these figures are its limit
 */
public record Series(String name, String unit, List<Double> figures) {

  /** The only figure of a measurement. */
  public static Series of(String name, String unit, double figure) {
    return new Series(name, unit, List.of(figure));
  }

  /** The middle of the figures. */
  public double median() {
    return medianOf(figures.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** The median of at least one value. */
  public static double medianOf(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** The ratios to a limit that was measured in the same rounds. */
  public Series ratios(Series limit) {
    return new Series(
        name,
        "",
        IntStream.range(0, figures.size())
            .mapToObj(round -> figures.get(round) / limit.figures.get(round))
            .toList());
  }
}

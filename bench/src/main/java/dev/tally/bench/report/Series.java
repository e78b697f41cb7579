package dev.tally.bench.report;

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
    List<Double> sorted = figures.stream().sorted().toList();
    int size = sorted.size();
    return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
  }

  /** The ratios to a limit that was measured in the same rounds. */
  Series ratios(Series limit) {
    return new Series(
        name,
        "",
        IntStream.range(0, figures.size())
            .mapToObj(round -> figures.get(round) / limit.figures.get(round))
            .toList());
  }
}

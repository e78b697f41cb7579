package dev.tally.bench.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Measurements that take turns, round after round, so that whatever else the machine does meets all
 * of them alike.
 */
public final class Interleaved {

  private final Map<String, DoubleSupplier> measurements = new LinkedHashMap<>();

  /** Adds a measurement, which is made in the order of adding. */
  public Interleaved add(String name, DoubleSupplier measurement) {
    measurements.put(name, measurement);
    return this;
  }

  /** Measures. */
  public Figures run(int rounds) {
    Map<String, double[]> series = new LinkedHashMap<>();
    measurements.keySet().forEach(name -> series.put(name, new double[rounds]));
    for (int round = 0; round < rounds; round++) {
      int current = round;
      series.forEach(
          (name, figures) -> {
            DoubleSupplier measurement = measurements.get(name);
            if (measurement != null) {
              figures[current] = measurement.getAsDouble();
            }
          });
    }
    return new Figures(series);
  }

  /**
   * What was measured.
   *
   * @param series of each name a figure a round
   */
  public record Figures(Map<String, double[]> series) {

    /** All rounds of a measurement. */
    public double[] of(String name) {
      double[] figures = series.get(name);
      if (figures == null) {
        throw new IllegalArgumentException("nothing is called " + name);
      }
      return figures;
    }

    /** A row that sets one of the measurements against another. */
    public Row row(
        String title, String measured, String unit, String limitTitle, String limit, Goal goal) {
      return Row.of(title, of(measured), unit, limitTitle, of(limit), goal);
    }
  }
}

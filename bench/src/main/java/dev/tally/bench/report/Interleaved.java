package dev.tally.bench.report;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Measurements that take turns, round after round. Other load on the machine then affects all of
 * them alike.
 */
public final class Interleaved {

  private final Map<String, DoubleSupplier> measurements = new LinkedHashMap<>();

  /** Adds a measurement. Each round runs measurements in the order of adding. */
  public Interleaved add(String name, DoubleSupplier measurement) {
    measurements.put(name, measurement);
    return this;
  }

  /** Runs all rounds. */
  public Figures run(int rounds) {
    Map<String, double[]> series = new LinkedHashMap<>();
    for (int i = 0; i < rounds; i++) {
      int round = i;
      measurements.forEach(
          (name, measurement) -> {
            double[] figures = series.computeIfAbsent(name, _ -> new double[rounds]);
            figures[round] = measurement.getAsDouble();
          });
    }
    return new Figures(series);
  }

  /**
   * The measured figures.
   *
   * @param series for each name, the figures of all rounds
   */
  public record Figures(Map<String, double[]> series) {

    /** The figures of a measurement in all rounds. */
    public double[] of(String name) {
      double[] figures = series.get(name);
      if (figures == null) {
        throw new IllegalArgumentException("no measurement has the name " + name);
      }
      return figures;
    }

    /** Adds a row that compares a measurement with the one that is its limit. */
    public void addTo(
        Table table, String title, String measured, String unit, String limit, Goal goal) {
      table.add(title, of(measured), unit, limit, of(limit), goal);
    }
  }
}

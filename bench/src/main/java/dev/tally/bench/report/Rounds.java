package dev.tally.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;

/**
 * Measurements that take turns, round after round. Other load on the machine then affects all of
 * them alike.
 */
public final class Rounds {

  private final List<Runnable> measurements = new ArrayList<>();

  /** Adds a measurement, whose series {@link #run} fills. */
  public Series add(String name, String unit, DoubleSupplier measurement) {
    List<Double> figures = new ArrayList<>();
    measurements.add(() -> figures.add(measurement.getAsDouble()));
    return new Series(name, unit, figures);
  }

  /** Runs rounds, each with all measurements in the order of adding. */
  public void run(int rounds) {
    for (int round = 0; round < rounds; round++) {
      measurements.forEach(Runnable::run);
    }
  }
}

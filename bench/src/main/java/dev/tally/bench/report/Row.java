package dev.tally.bench.report;

/**
 * A row of the table.
 *
 * @param name the name of the measurement
 * @param value the measured figure
 * @param unit the unit of the value and of the limit
 * @param limitName the name of the limit, with which the value is compared
 * @param limit the figure of the limit, measured in the same run
 * @param ratio value ÷ limit
 * @param goal the ratio that we want
 */
public record Row(
    String name,
    Figure value,
    String unit,
    String limitName,
    Figure limit,
    Figure ratio,
    Goal goal) {

  /** Makes a row of two series of measurements that took turns. */
  public static Row of(
      String name, double[] measured, String unit, String limitName, double[] limits, Goal goal) {
    return new Row(
        name,
        Figure.of(measured),
        unit,
        limitName,
        Figure.of(limits),
        Figure.ratio(measured, limits),
        goal);
  }
}

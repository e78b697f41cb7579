package dev.tally.bench.report;

/**
 * One line of the table.
 *
 * @param name what was measured
 * @param value what came out
 * @param unit of the value and of the limit
 * @param limitName what it is compared with
 * @param limit what came out there, in the same run
 * @param ratio value ÷ limit
 * @param goal what the ratio should be
 */
public record Row(
    String name,
    Figure value,
    String unit,
    String limitName,
    Figure limit,
    Figure ratio,
    Goal goal) {

  /** A row of two series of measurements that took turns. */
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

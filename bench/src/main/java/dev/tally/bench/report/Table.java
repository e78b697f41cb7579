package dev.tally.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result of a run, as Markdown. */
public final class Table {

  private final List<String> lines = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * Adds a row.
   *
   * @param name the name of the measurement
   * @param unit the unit of the measured figures and of the limit
   * @param limitName the name of the limit, with which the figures are compared
   * @param limits the figures of the limit, measured in turns with the others
   * @param goal the ratio that we want
   */
  public void add(
      String name, double[] measured, String unit, String limitName, double[] limits, Goal goal) {
    Figure ratio = Figure.ratio(measured, limits);
    lines.add(
        "| %s | %s %s | %s: %s | %s | %s – %s | %s |"
            .formatted(
                name,
                number(Figure.of(measured).median()),
                unit,
                limitName,
                number(Figure.of(limits).median()),
                number(ratio.median()),
                number(ratio.low()),
                number(ratio.high()),
                goal.text(ratio.median())));
    System.out.println(lines.getLast());
  }

  /** Adds a figure without a limit. */
  public void add(String name, Figure value, String unit) {
    lines.add("| %s | %s %s | | | | |".formatted(name, number(value.median()), unit));
    System.out.println(lines.getLast());
  }

  /** Adds a note about the rows around it. */
  public void note(String text) {
    notes.add(text);
    System.out.println("  " + text);
  }

  /** The table with its notes. */
  public String markdown() {
    StringBuilder out = new StringBuilder();
    out.append("| | measured | limit | ratio | spread | goal |\n|---|---|---|---|---|---|\n");
    lines.forEach(line -> out.append(line).append('\n'));
    out.append('\n');
    notes.forEach(note -> out.append("- ").append(note).append('\n'));
    return out.toString();
  }

  /** Rounds to three digits. More would be noise on this machine. */
  public static String number(double value) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    double size = Math.abs(value);
    if (size >= 100) {
      double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(size)) - 2));
      return String.format(Locale.ROOT, "%,.0f", Math.round(value / unit) * unit);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
  }
}

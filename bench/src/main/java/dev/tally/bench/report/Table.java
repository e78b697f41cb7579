package dev.tally.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result of a run, as Markdown. */
public final class Table {

  private final List<String> lines = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** Adds a row. */
  public void add(Row row) {
    lines.add(
        "| %s | %s %s | %s: %s | %s | %s – %s | %s |"
            .formatted(
                row.name(),
                number(row.value().median()),
                row.unit(),
                row.limitName(),
                number(row.limit().median()),
                number(row.ratio().median()),
                number(row.ratio().low()),
                number(row.ratio().high()),
                row.goal().text(row.ratio().median())));
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
  private static String number(double value) {
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

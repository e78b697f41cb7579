package dev.tally.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The result of a run, as Markdown. */
public final class Table {

  private final List<String> lines = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /**
   * Adds a row that compares figures with a limit.
   *
   * @param limit is measured in turns with the others
   * @param goal the ratio that we want
   */
  public void add(String title, Series measured, Series limit, Goal goal) {
    add(title, measured, limit, goal.text(measured.ratios(limit).median()));
  }

  /** Adds a row without a goal. */
  public void add(String title, Series measured, Series limit) {
    add(title, measured, limit, "");
  }

  private void add(String title, Series measured, Series limit, String goal) {
    Series ratios = measured.ratios(limit);
    row(
        "| %s | %s %s | %s: %s | %s | %s – %s | %s |"
            .formatted(
                title,
                number(measured.median()),
                measured.unit(),
                limit.name(),
                number(limit.median()),
                number(ratios.median()),
                number(Collections.min(ratios.figures())),
                number(Collections.max(ratios.figures())),
                goal));
  }

  /** Adds a figure without a limit. */
  public void add(String title, double value, String unit) {
    row("| %s | %s %s | | | | |".formatted(title, number(value), unit));
  }

  private void row(String line) {
    lines.add(line);
    System.out.println(line);
  }

  /** Adds a note about the rows around it. */
  public void note(String text) {
    notes.add("- " + text);
    System.out.println("  " + text);
  }

  /** The table with its notes. */
  public String markdown() {
    return """
    | | measured | limit | ratio | spread | goal |
    |---|---|---|---|---|---|
    %s

    %s
    """
        .formatted(String.join("\n", lines), String.join("\n", notes));
  }

  /** Rounds to three digits. More would be noise on this machine. */
  public static String number(double value) {
    if (!Double.isFinite(value)) {
      return "–";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(3));
    return NumberFormat.getInstance(Locale.ROOT).format(rounded);
  }
}

package dev.tally.bench.report;

import java.util.Locale;

/** The ratio that we want. */
public sealed interface Goal {

  /** No goal: the ratio only informs. */
  record None() implements Goal {}

  /** A goal for which a larger ratio is better. */
  record AtLeast(double ratio) implements Goal {}

  /** A goal for which a smaller ratio is better. */
  record AtMost(double ratio) implements Goal {}

  /** The text of the goal, and whether the ratio meets it. */
  default String text(double ratio) {
    if (!Double.isFinite(ratio)) {
      return "nothing measured";
    }
    return switch (this) {
      case None _ -> "";
      case AtLeast(double least) -> judged("≥", least, ratio >= least);
      case AtMost(double most) -> judged("≤", most, ratio <= most);
    };
  }

  private static String judged(String sign, double wanted, boolean met) {
    return String.format(Locale.ROOT, "%s %s %s", sign, wanted, met ? "met" : "**missed**");
  }
}

package dev.tally.bench.report;

import java.util.Locale;

/** What a ratio should be. */
public sealed interface Goal {

  /** There is no goal: the ratio is for information. */
  record None() implements Goal {}

  /** The larger the better. */
  record AtLeast(double ratio) implements Goal {}

  /** The smaller the better. */
  record AtMost(double ratio) implements Goal {}

  /** How the goal and whether it is met are printed. */
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

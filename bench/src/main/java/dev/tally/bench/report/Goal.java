package dev.tally.bench.report;

/** The ratio that we want. */
public sealed interface Goal {

  /** A goal for which a larger ratio is better. */
  record AtLeast(double ratio) implements Goal {}

  /** A goal for which a smaller ratio is better. */
  record AtMost(double ratio) implements Goal {}

  /** The text of the goal, and whether the ratio meets it. */
  default String text(double ratio) {
    return switch (this) {
      case AtLeast(double least) -> "≥ " + least + (ratio >= least ? " met" : " **missed**");
      case AtMost(double most) -> "≤ " + most + (ratio <= most ? " met" : " **missed**");
    };
  }
}

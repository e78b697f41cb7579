package dev.tally.bench;

import dev.tally.bench.compare.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What the command line asks for.
 *
 * @param against the revision to compare with
 * @param sections names of sections; none for all
 */
record Options(
    boolean quick,
    Optional<String> against,
    int pairs,
    OptionalDouble limit,
    List<String> sections) {

  static final String USAGE =
      """
      usage: bench/run [--quick] [SECTION…]
             bench/run --against REVISION [--quick] [--pairs N] [--limit RATIO] [accept] [drain] [read]\
      """;
  private static final int PAIRS = 21;

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException if it is wrong, with the reason
   */
  static Options parse(String... args) {
    List<String> rest = new ArrayList<>(List.of(args));
    boolean quick = rest.remove("--quick");
    Optional<String> against = value(rest, "--against");
    Optional<String> pairs = value(rest, "--pairs");
    Optional<String> limit = value(rest, "--limit");
    for (String word : rest) {
      if (word.startsWith("-")) {
        throw new IllegalArgumentException("there is no option " + word);
      }
    }
    if (against.isEmpty() && (pairs.isPresent() || limit.isPresent())) {
      throw new IllegalArgumentException("--pairs and --limit need --against");
    }
    int wantedPairs = pairs.map(Integer::valueOf).orElse(quick ? Comparison.FEWEST_PAIRS : PAIRS);
    if (wantedPairs < Comparison.FEWEST_PAIRS) {
      throw new IllegalArgumentException(
          "a 95 %% interval needs at least %d pairs".formatted(Comparison.FEWEST_PAIRS));
    }
    OptionalDouble highest = limit.stream().mapToDouble(Double::parseDouble).findFirst();
    return new Options(quick, against, wantedPairs, highest, List.copyOf(rest));
  }

  private static Optional<String> value(List<String> args, String option) {
    int at = args.indexOf(option);
    if (at < 0) {
      return Optional.empty();
    }
    if (at + 1 == args.size()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    args.remove(at);
    return Optional.of(args.remove(at));
  }

  /** Fails unless all sections are among these. */
  void requireSections(List<String> known) {
    for (String section : sections) {
      if (!known.contains(section)) {
        throw new IllegalArgumentException(
            "there is no section %s here; sections: %s"
                .formatted(section, String.join(" ", known)));
      }
    }
  }
}

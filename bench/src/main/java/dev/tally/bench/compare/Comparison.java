package dev.tally.bench.compare;

import dev.tally.bench.report.Series;
import dev.tally.bench.report.Table;
import dev.tally.testkit.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Gatherers;

/**
 * Compares the present services with those of another revision. The work of a turn is a number, not
 * a time: both revisions then leave the same data behind.
 *
 * @param requests the number of messages to accept one by one, and of reads, in a turn; a full
 *     queue and a warm-up have twice as many
 * @param pairs the number of pairs, at least {@link #FEWEST_PAIRS}
 * @param sections the sections to measure, some of {@link #SECTIONS}
 * @param limit the highest ratio that is allowed
 */
public record Comparison(int requests, int pairs, List<String> sections, OptionalDouble limit) {

  /** The sections that can be compared. */
  public static final List<String> SECTIONS = List.of("accept", "drain", "read");

  /** Pairs that are measured with the same processes. */
  private static final int PAIRS_A_START = 3;

  /** The fewest pairs that have a 95 % interval. */
  public static final int FEWEST_PAIRS = (MedianInterval.FEWEST - 1) * PAIRS_A_START + 1;

  /** The costs of one figure in all pairs. */
  private record Pairs(Series before, Series now) {

    Pairs(String name) {
      this(new Series(name, "µs", new ArrayList<>()), new Series(name, "µs", new ArrayList<>()));
    }

    /** The median of the ratios of pairs, with an interval of the medians of each start. */
    MedianInterval ratio() {
      Series ratios = now.ratios(before);
      double[] medians =
          ratios.figures().stream()
              .gather(Gatherers.windowFixed(PAIRS_A_START))
              .mapToDouble(start -> new Series("one start", "", start).median())
              .toArray();
      MedianInterval interval = MedianInterval.of(medians);
      return new MedianInterval(ratios.median(), interval.low(), interval.high());
    }
  }

  /**
   * Runs all pairs. The services of either revision have servers of their own, which are emptied
   * for each start.
   *
   * @param before the services of the other revision
   * @param now the present ones
   * @return the table as Markdown lines
   */
  public List<String> run(Services before, Services now) {
    Map<String, Pairs> all = new LinkedHashMap<>();
    for (int pair = 0; pair < pairs; pair += PAIRS_A_START) {
      long begin = System.nanoTime();
      int last = Math.min(pair + PAIRS_A_START, pairs);
      measurePairs(pair, last, before, now, all);
      System.err.printf(
          "%d of %d pairs; these took %d s%n",
          last, pairs, Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    }
    List<String> lines = new ArrayList<>();
    lines.add("| µs a message or read | other | present | ratio | 95 % interval | limit |");
    lines.add("|---|---:|---:|---:|---:|---|");
    all.forEach((name, costs) -> lines.add(row(name, costs)));
    return lines;
  }

  /** Measures some pairs with the same processes. */
  private void measurePairs(
      int first, int last, Services before, Services now, Map<String, Pairs> all) {
    try (Deployment other = new Deployment(before, requests);
        Deployment present = new Deployment(now, requests)) {
      other.warmUp();
      present.warmUp();
      for (int pair = first; pair < last; pair++) {
        if (pair % 2 == 0) {
          measure(other, Pairs::before, all);
          measure(present, Pairs::now, all);
        } else {
          measure(present, Pairs::now, all);
          measure(other, Pairs::before, all);
        }
      }
    }
  }

  private void measure(
      Deployment deployment, Function<Pairs, Series> side, Map<String, Pairs> all) {
    deployment
        .measure(sections)
        .forEach(
            (name, cost) -> side.apply(all.computeIfAbsent(name, Pairs::new)).figures().add(cost));
  }

  private String row(String name, Pairs costs) {
    MedianInterval ratio = costs.ratio();
    return "| %s | %s | %s | %.3f | %.3f – %.3f | %s |"
        .formatted(
            name,
            Table.number(costs.before().median()),
            Table.number(costs.now().median()),
            ratio.median(),
            ratio.low(),
            ratio.high(),
            limit.isEmpty() ? "" : verdict(ratio, limit.getAsDouble()));
  }

  private static String verdict(MedianInterval ratio, double limit) {
    return limit + (ratio.reachesUnder(limit) ? " kept" : " **missed**");
  }
}

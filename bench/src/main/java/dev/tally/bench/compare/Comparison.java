package dev.tally.bench.compare;

import dev.tally.bench.report.Table;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Compares the present services with those of another revision.
 *
 * @param amounts the work of each turn
 * @param pairs the number of pairs, at least {@link #FEWEST_PAIRS}
 * @param sections the sections to measure, some of {@link #SECTIONS}
 * @param limit the highest ratio that is allowed
 */
public record Comparison(Amounts amounts, int pairs, List<String> sections, OptionalDouble limit) {

  /** The sections that can be compared. */
  public static final List<String> SECTIONS = List.of("accept", "drain", "read");

  /** The fewest pairs that have a 95 % interval. */
  public static final int FEWEST_PAIRS = MedianInterval.FEWEST;

  /** The costs of one figure in all pairs, in microseconds. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Series(double[] before, double[] now) {

    MedianInterval ratio() {
      double[] ratios = new double[now.length];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = now[i] / before[i];
      }
      return MedianInterval.of(ratios);
    }
  }

  /**
   * One of the two revisions.
   *
   * @param servers are emptied for each pair; the other revision has its own
   */
  public record Side(Servers servers, Services services) {}

  /**
   * Runs all pairs.
   *
   * @param before the other revision
   * @param now the present one
   * @return the table as Markdown lines
   */
  public List<String> run(Side before, Side now) {
    Map<String, Series> all = new LinkedHashMap<>();
    for (int pair = 0; pair < pairs; pair++) {
      long begin = System.nanoTime();
      measurePair(pair, before, now, all);
      System.err.printf(
          "pair %d of %d took %d s%n",
          pair + 1, pairs, Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    }
    List<String> lines = new ArrayList<>();
    lines.add("| µs a message or read | other | present | ratio | 95 % interval | limit |");
    lines.add("|---|---:|---:|---:|---:|---|");
    all.forEach((name, series) -> lines.add(row(name, series)));
    return lines;
  }

  private void measurePair(int pair, Side before, Side now, Map<String, Series> all) {
    try (Deployment other = new Deployment(before.servers(), before.services());
        Deployment present = new Deployment(now.servers(), now.services())) {
      other.warmUp(amounts);
      present.warmUp(amounts);
      boolean presentFirst = pair % 2 == 1;
      Map<String, Double> first = (presentFirst ? present : other).measure(amounts, sections);
      Map<String, Double> second = (presentFirst ? other : present).measure(amounts, sections);
      (presentFirst ? second : first)
          .forEach((name, cost) -> series(all, name).before()[pair] = cost);
      (presentFirst ? first : second).forEach((name, cost) -> series(all, name).now()[pair] = cost);
    }
  }

  private Series series(Map<String, Series> all, String name) {
    return all.computeIfAbsent(name, _ -> new Series(new double[pairs], new double[pairs]));
  }

  private String row(String name, Series series) {
    MedianInterval ratio = series.ratio();
    return "| %s | %s | %s | %s | %s – %s | %s |"
        .formatted(
            name,
            Table.number(MedianInterval.of(series.before()).median()),
            Table.number(MedianInterval.of(series.now()).median()),
            digits(ratio.median()),
            digits(ratio.low()),
            digits(ratio.high()),
            limit.isEmpty() ? "" : verdict(ratio, limit.getAsDouble()));
  }

  private static String verdict(MedianInterval ratio, double limit) {
    return limit + (ratio.reachesUnder(limit) ? " kept" : " **missed**");
  }

  private static String digits(double ratio) {
    return "%.3f".formatted(ratio);
  }
}

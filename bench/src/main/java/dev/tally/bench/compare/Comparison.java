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
   * Runs all pairs.
   *
   * @param before the services of the other revision
   * @param now the present services
   * @param servers are emptied before each turn
   * @return the table as Markdown lines
   */
  public List<String> run(Servers servers, Services before, Services now) {
    Map<String, Series> all = new LinkedHashMap<>();
    for (int pair = 0; pair < pairs; pair++) {
      long begin = System.nanoTime();
      boolean nowFirst = pair % 2 == 1;
      Map<String, Double> first = Turn.run(servers, nowFirst ? now : before, amounts, sections);
      Map<String, Double> second = Turn.run(servers, nowFirst ? before : now, amounts, sections);
      int current = pair;
      first.forEach(
          (name, cost) -> {
            Series series =
                all.computeIfAbsent(name, _ -> new Series(new double[pairs], new double[pairs]));
            double other = second.getOrDefault(name, Double.NaN);
            series.before()[current] = nowFirst ? other : cost;
            series.now()[current] = nowFirst ? cost : other;
          });
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

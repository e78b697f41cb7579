package dev.tally.bench.compare;

import dev.tally.bench.report.Series;
import dev.tally.bench.report.Table;
import dev.tally.testkit.Servers;
import dev.tally.testkit.Services;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;

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

  /** The costs of one figure in all pairs, in microseconds. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Pairs(double[] before, double[] now) {

    /** The median of the ratios of pairs, with an interval of the medians of each start. */
    MedianInterval ratio() {
      double[] ratios = new double[now.length];
      for (int i = 0; i < ratios.length; i++) {
        ratios[i] = now[i] / before[i];
      }
      int starts = Math.ceilDiv(ratios.length, PAIRS_A_START);
      double[] medians = new double[starts];
      for (int i = 0; i < starts; i++) {
        int first = i * PAIRS_A_START;
        int last = Math.min(first + PAIRS_A_START, ratios.length);
        medians[i] = Series.medianOf(Arrays.copyOfRange(ratios, first, last));
      }
      MedianInterval interval = MedianInterval.of(medians);
      return new MedianInterval(Series.medianOf(ratios), interval.low(), interval.high());
    }
  }

  /**
   * One of the two revisions.
   *
   * @param servers are emptied for each start; the other revision has its own
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
  private void measurePairs(int first, int last, Side before, Side now, Map<String, Pairs> all) {
    try (Deployment other = new Deployment(before.servers(), before.services(), requests);
        Deployment present = new Deployment(now.servers(), now.services(), requests)) {
      other.warmUp();
      present.warmUp();
      for (int pair = first; pair < last; pair++) {
        if (pair % 2 == 0) {
          measure(other, Pairs::before, pair, all);
          measure(present, Pairs::now, pair, all);
        } else {
          measure(present, Pairs::now, pair, all);
          measure(other, Pairs::before, pair, all);
        }
      }
    }
  }

  private void measure(
      Deployment deployment, Function<Pairs, double[]> side, int pair, Map<String, Pairs> all) {
    deployment
        .measure(sections)
        .forEach(
            (name, cost) -> {
              Pairs costs =
                  all.computeIfAbsent(name, _ -> new Pairs(new double[pairs], new double[pairs]));
              side.apply(costs)[pair] = cost;
            });
  }

  private String row(String name, Pairs costs) {
    MedianInterval ratio = costs.ratio();
    return "| %s | %s | %s | %s | %s – %s | %s |"
        .formatted(
            name,
            Table.number(Series.medianOf(costs.before())),
            Table.number(Series.medianOf(costs.now())),
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

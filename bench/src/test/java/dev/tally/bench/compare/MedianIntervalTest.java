package dev.tally.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MedianIntervalTest {

  /** The ranks are those of Conover's table of the sign test's interval. */
  @ParameterizedTest
  @CsvSource({"6, 1, 6", "8, 1, 8", "9, 2, 8", "12, 3, 10", "20, 6, 15", "25, 8, 18", "40, 14, 27"})
  void theIntervalEndsAtTheRanksOfTheSignTest(int n, int low, int high) {
    MedianInterval interval = MedianInterval.of(shuffled(n));

    assertThat(interval.low()).isEqualTo(low);
    assertThat(interval.high()).isEqualTo(high);
    assertThat(interval.median()).isEqualTo((n + 1) / 2.0);
  }

  /** The numbers from 1 to n, so that a value is its rank. */
  private static double[] shuffled(int n) {
    List<Double> values =
        new ArrayList<>(IntStream.rangeClosed(1, n).mapToObj(i -> (double) i).toList());
    Collections.shuffle(values, new Random(n));
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  @Test
  void theOrderOfTheValuesDoesNotMatter() {
    assertThat(MedianInterval.of(1.2, 0.9, 1.0, 1.1, 0.8, 1.3, 0.7))
        .isEqualTo(new MedianInterval(1.0, 0.7, 1.3));
  }

  @Test
  void fewerThanSixValuesHaveNoInterval() {
    assertThatIllegalArgumentException().isThrownBy(() -> MedianInterval.of(1, 1, 1, 1, 1));
  }

  /** Values with a long tail, as times on a busy machine have it; their median is 1. */
  @Test
  void nineteenOfTwentyIntervalsContainTheTrueMedian() {
    Random random = new Random(1);
    int runs = 4_000;
    int containing = 0;
    for (int run = 0; run < runs; run++) {
      MedianInterval interval =
          MedianInterval.of(
              IntStream.range(0, 20).mapToDouble(_ -> Math.exp(random.nextGaussian())).toArray());
      if (interval.low() <= 1 && 1 <= interval.high()) {
        containing++;
      }
    }

    // The exact share of 20 values is 0.9586.
    assertThat((double) containing / runs).isBetween(0.95, 0.967);
  }

  @Test
  void aLimitIsReachedWhileTheLowerEndIsUnderIt() {
    MedianInterval interval = new MedianInterval(1.06, 1.04, 1.08);

    assertThat(interval.reachesUnder(1.05)).isTrue();
    assertThat(interval.reachesUnder(1.04)).isFalse();
  }
}

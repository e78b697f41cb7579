package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Transactions keep to their target if fewer jobs help, and never get stuck in small ones. */
class BatchSizeTest {

  private static final int MOST = 4_000;
  private static final Duration TARGET = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final BatchSize LARGEST = BatchSize.of(MOST, TARGET);

  @Test
  void isTheLargestWhileTransactionsAreFast() {
    assertThat(LARGEST.jobs()).isEqualTo(MOST);
    assertThat(LARGEST.after(MOST, TARGET).jobs()).isEqualTo(MOST);
    assertThat(LARGEST.after(1, Duration.ofMillis(999)).jobs()).isEqualTo(MOST);
    assertThat(LARGEST.after(MOST, Duration.ZERO).jobs()).isEqualTo(MOST);
  }

  @Test
  void halvesAfterASlowTransactionHoweverFewItsJobs() {
    Duration slow = TARGET.plusNanos(1);

    assertThat(LARGEST.after(MOST, slow).jobs()).isEqualTo(2_000);
    assertThat(LARGEST.after(500, slow).jobs()).isEqualTo(2_000);
    assertThat(LARGEST.after(1, slow).jobs()).isEqualTo(2_000);
    assertThat(LARGEST.afterTimeout(1, TIMEOUT).after(1, slow).jobs()).isEqualTo(1);
  }

  @Test
  void goesFromATimeoutToWhatMayMeetTheTarget() {
    assertThat(LARGEST.afterTimeout(3_000, TIMEOUT).jobs()).isEqualTo(100);
    assertThat(LARGEST.afterTimeout(3_000, TARGET).jobs()).isEqualTo(1_500);
    assertThat(LARGEST.afterTimeout(3_000, TARGET.dividedBy(10)).jobs()).isEqualTo(1_500);
    assertThat(LARGEST.afterTimeout(1, TIMEOUT).jobs()).isEqualTo(1);
  }

  @Test
  void doublesAtMostAndOnlyToWhatMeetsTheTarget() {
    BatchSize hundred = LARGEST.afterTimeout(3_000, TIMEOUT);

    assertThat(hundred.after(100, Duration.ofMillis(1)).jobs()).isEqualTo(200);
    assertThat(hundred.after(100, Duration.ofMillis(800)).jobs()).isEqualTo(125);
    assertThat(hundred.after(100, TARGET).jobs()).isEqualTo(100);
  }

  @Test
  void growsAfterSmallBatchesToo() {
    BatchSize hundred = LARGEST.afterTimeout(3_000, TIMEOUT);

    assertThat(hundred.after(5, Duration.ofMillis(10)).jobs()).isEqualTo(200);
    assertThat(hundred.after(5, Duration.ofMillis(900)).jobs()).isEqualTo(100);
  }

  @Test
  void isBackAtTheLargestSoonAfterATimeout() {
    BatchSize size = LARGEST.afterTimeout(1, TIMEOUT);
    for (int i = 0; i < 12; i++) {
      assertThat(size.jobs()).isEqualTo(1 << i);
      size = size.after(size.jobs(), Duration.ofMillis(20));
    }
    assertThat(size.jobs()).isEqualTo(MOST);
  }

  @Test
  void doublesIfTheLargerOfTwoSlowTransactionsWasFasterJobByJob() {
    Duration slow = Duration.ofSeconds(3);

    BatchSize halved = LARGEST.after(MOST, slow);
    assertThat(halved.after(2_000, slow).jobs()).isEqualTo(MOST);
    assertThat(halved.after(2_000, Duration.ofMillis(1_600)).jobs()).isEqualTo(1_000);
    assertThat(halved.after(200, slow).jobs()).isEqualTo(2_000);
  }

  @Test
  void comparesAgainWhenItCannotHalve() {
    Duration slow = Duration.ofSeconds(3);

    BatchSize one = LARGEST.afterTimeout(1, TIMEOUT).after(1, slow);
    assertThat(one.jobs()).isEqualTo(1);
    assertThat(one.after(1, slow).jobs()).isEqualTo(2);
    assertThat(one.after(1, slow).after(2, slow).jobs()).isEqualTo(4);
    assertThat(one.after(1, slow).after(2, slow.multipliedBy(2)).jobs()).isEqualTo(1);
  }

  /** What a transaction costs, by itself and for each job. */
  record Cost(Duration overhead, Duration job) {

    Duration of(int jobs) {
      return overhead.plus(job.multipliedBy(jobs));
    }

    /** Jobs in a second, in transactions of the best size. */
    double bestPace() {
      int jobs = Math.clamp(TIMEOUT.minus(overhead).dividedBy(job), 1, MOST);
      return 1e9 * jobs / of(jobs).toNanos();
    }
  }

  @Property
  void findsASizeThatNeitherTimesOutNorWastesHalfOfThePace(@ForAll("costs") Cost cost) {
    BatchSize size = LARGEST;
    long jobs = 0;
    Duration time = Duration.ZERO;
    for (int i = 0; i < 100; i++) {
      Duration its = cost.of(size.jobs());
      boolean late = i >= 50;
      if (its.compareTo(TIMEOUT) >= 0) {
        assertThat(late).as("a timeout after %d transactions", i).isFalse();
        size = size.afterTimeout(size.jobs(), TIMEOUT);
        continue;
      }
      if (late) {
        jobs += size.jobs();
        time = time.plus(its);
        if (cost.overhead().isZero()) {
          assertThat(its).isLessThanOrEqualTo(TARGET);
        }
      }
      size = size.after(size.jobs(), its);
    }
    assertThat(1e9 * jobs / time.toNanos()).isGreaterThan(cost.bestPace() / 2);
  }

  @Provide
  Arbitrary<Cost> costs() {
    Arbitrary<Duration> overheads =
        Arbitraries.oneOf(
            Arbitraries.just(Duration.ZERO),
            Arbitraries.longs().between(1, 3_000).map(Duration::ofMillis));
    // Exponents, because a job costs 10 µs as likely as 10 ms.
    Arbitrary<Duration> jobs =
        Arbitraries.doubles()
            .between(4, 7.6)
            .map(exponent -> Duration.ofNanos((long) Math.pow(10, exponent)));
    return Combinators.combine(overheads, jobs).as(Cost::new);
  }
}

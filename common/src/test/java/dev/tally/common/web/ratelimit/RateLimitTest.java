package dev.tally.common.web.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class RateLimitTest {

  private static final Duration DAY = Duration.ofDays(1);

  @Test
  void eachKeyHasItsOwnBucket() {
    RateLimit limit = new RateLimit("test", "Too fast.", 2, DAY, 0, 1000);

    assertThat(take(limit, "a", 1).getHeader("RateLimit")).isEqualTo("\"test\";r=1;t=43200");
    assertThat(take(limit, "a", 1).getHeader("RateLimit")).startsWith("\"test\";r=0;t=");
    assertThat(take(limit, "b", 2).getHeader("RateLimit")).startsWith("\"test\";r=0;t=");
    assertThatThrownBy(() -> take(limit, "a", 1))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.retryAfter()).isBetween(Duration.ofHours(11), DAY));
  }

  @Test
  void aCostAboveTheBurstPassesAFullBucketAndIsPaidInFull() {
    RateLimit limit = new RateLimit("test", "Too fast.", 1, DAY, 5, 1000);

    MockHttpServletResponse passed = take(limit, "a", 1000);

    assertThat(passed.getHeader("RateLimit-Policy")).isEqualTo("\"test\";q=5;w=432000");
    assertThat(passed.getHeader("RateLimit"))
        .isEqualTo("\"test\";r=0;t=" + DAY.multipliedBy(1000).toSeconds());
    assertThatThrownBy(() -> take(limit, "a", 1))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem ->
                assertThat(problem.retryAfter())
                    .isBetween(DAY.multipliedBy(995), DAY.multipliedBy(996)));
  }

  @Test
  void aCostAboveTheBurstNeedsAFullBucket() {
    RateLimit limit = new RateLimit("test", "Too fast.", 1, DAY, 5, 1000);
    take(limit, "a", 1);

    assertThatThrownBy(() -> take(limit, "a", 6)).isInstanceOf(ProblemException.class);

    assertThat(take(limit, "a", 4).getHeader("RateLimit")).startsWith("\"test\";r=0");
  }

  @Test
  void aRefusedRequestCostsNothing() {
    RateLimit limit = new RateLimit("test", "Too fast.", 3, DAY, 0, 1000);
    take(limit, "a", 2);

    assertThatThrownBy(() -> take(limit, "a", 2)).isInstanceOf(ProblemException.class);

    assertThat(take(limit, "a", 1).getHeader("RateLimit")).startsWith("\"test\";r=0");
  }

  @Test
  void aCostOfWhichTheFirstIsTakenNeedsNoMoreThanAnyOther() {
    RateLimit limit = new RateLimit("test", "Too fast.", 1, DAY, 5, 1000);
    MockHttpServletResponse response = new MockHttpServletResponse();

    limit.takeFirst("a", response);
    limit.takeAll("a", 1000, response);

    assertThat(response.getHeaders("RateLimit"))
        .containsExactly("\"test\";r=0;t=" + DAY.multipliedBy(1000).toSeconds());
    assertThatThrownBy(() -> limit.takeFirst("a", response)).isInstanceOf(ProblemException.class);
    assertThat(response.getHeaders("RateLimit")).hasSize(2);
  }

  @Test
  void aRefusedCostGivesBackTheFirst() {
    RateLimit limit = new RateLimit("test", "Too fast.", 1, DAY, 5, 1000);
    take(limit, "a", 1);
    MockHttpServletResponse response = new MockHttpServletResponse();

    limit.takeFirst("a", response);
    assertThatThrownBy(() -> limit.takeAll("a", 5, response)).isInstanceOf(ProblemException.class);

    assertThat(take(limit, "a", 4).getHeader("RateLimit")).startsWith("\"test\";r=0");
  }

  @Test
  void withoutALimitThereAreNoHeaders() {
    RateLimit none = new RateLimit("test", "Too fast.", 0, DAY, 5, 1000);

    assertThat(none.isOn()).isFalse();
    for (int i = 0; i < 100; i++) {
      assertThat(take(none, "a", 1000).getHeaderNames()).isEmpty();
      MockHttpServletResponse response = new MockHttpServletResponse();
      none.takeFirst("a", response);
      none.takeAll("a", 1000, response);
      assertThat(response.getHeaderNames()).isEmpty();
    }
  }

  private static MockHttpServletResponse take(RateLimit limit, String key, int cost) {
    MockHttpServletResponse response = new MockHttpServletResponse();
    limit.take(key, cost, response);
    return response;
  }
}

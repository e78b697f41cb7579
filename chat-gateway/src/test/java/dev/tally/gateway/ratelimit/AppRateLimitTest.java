package dev.tally.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class AppRateLimitTest {

  @Test
  void anAppMayWriteItsBurstAndThenHasToWait() {
    AppRateLimit limit = new AppRateLimit(new RateLimitProperties(1, 100));

    MockHttpServletResponse first = take(limit, "a", 60);
    assertThat(first.getHeader("RateLimit")).startsWith("\"app\";r=40;t=");
    assertThat(first.getHeader("RateLimit-Policy")).isEqualTo("\"app\";q=100;w=100");

    assertThatThrownBy(() -> take(limit, "a", 60))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(ProblemType.RATE_LIMITED);
              assertThat(problem.detail()).isEqualTo("The app exceeded its write rate limit.");
              assertThat(problem.retryAfter()).isPositive();
            });
  }

  @Test
  void anotherAppDoesNotWait() {
    AppRateLimit limit = new AppRateLimit(new RateLimitProperties(1, 100));
    take(limit, "a", 100);

    assertThat(take(limit, "b", 100).getHeader("RateLimit")).startsWith("\"app\";r=0;t=");
  }

  @Test
  void aRateOfZeroSetsNoLimit() {
    AppRateLimit limit = new AppRateLimit(new RateLimitProperties(0, 1));

    for (int i = 0; i < 10; i++) {
      assertThat(take(limit, "a", 1000).getHeaderNames()).isEmpty();
    }
  }

  private static MockHttpServletResponse take(AppRateLimit limit, String app, int writes) {
    MockHttpServletResponse response = new MockHttpServletResponse();
    limit.take(app, writes, response);
    return response;
  }
}

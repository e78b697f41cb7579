package dev.tally.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.AppToken;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class AppRateLimitTest {

  private static final AppToken APP = new AppToken("a".repeat(32));
  private static final AppToken OTHER = new AppToken("b".repeat(32));

  @Test
  void anAppMayWriteItsBurstAndThenHasToWait() {
    AppRateLimit limit = new AppRateLimit(new RateLimitProperties(1, 100));

    MockHttpServletResponse first = take(limit, APP, 60);
    assertThat(first.getHeader("RateLimit")).startsWith("\"app\";r=40;t=");
    assertThat(first.getHeader("RateLimit-Policy")).isEqualTo("\"app\";q=100;w=100");

    assertThatThrownBy(() -> take(limit, APP, 60))
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
    take(limit, APP, 100);

    assertThat(take(limit, OTHER, 100).getHeader("RateLimit")).startsWith("\"app\";r=0;t=");
  }

  @Test
  void aRateOfZeroSetsNoLimit() {
    AppRateLimit limit = new AppRateLimit(new RateLimitProperties(0, 1));

    for (int i = 0; i < 10; i++) {
      assertThat(take(limit, APP, 1000).getHeaderNames()).isEmpty();
    }
  }

  private static MockHttpServletResponse take(AppRateLimit limit, AppToken app, int writes) {
    MockHttpServletResponse response = new MockHttpServletResponse();
    limit.take(app, writes, response);
    return response;
  }
}

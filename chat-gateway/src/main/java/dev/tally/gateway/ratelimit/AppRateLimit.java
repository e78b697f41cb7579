package dev.tally.gateway.ratelimit;

import dev.tally.common.identity.AppToken;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.ratelimit.RateLimit;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Limits the writes of each app in this process. */
@Component
public final class AppRateLimit {

  /** The most writes that one request may make. A bucket must remember what they cost. */
  public static final int MOST_WRITES = 1_000;

  private final RateLimit limit;

  AppRateLimit(RateLimitProperties properties) {
    limit =
        new RateLimit(
            "app",
            "The app exceeded its write rate limit.",
            properties.perSecond(),
            Duration.ofSeconds(1),
            properties.burst(),
            MOST_WRITES);
  }

  /**
   * Counts writes against an app's limit.
   *
   * @param writes each line of a batch is one. A batch larger than the whole bucket passes when
   *     that is full, and the app has to wait until it has paid all of it.
   * @param response receives the header fields of the limit
   * @throws ProblemException 429 if the app has to wait
   */
  public void take(AppToken app, int writes, HttpServletResponse response) {
    limit.take(app.value(), writes, response);
  }

  /**
   * Counts one write of a request whose body is not read yet.
   *
   * @throws ProblemException 429 if the app has to wait
   */
  public void takeFirst(AppToken app, HttpServletResponse response) {
    limit.takeFirst(app.value(), response);
  }

  /**
   * Counts all writes of a request of which {@link #takeFirst} has counted one.
   *
   * @throws ProblemException 429 if the app has to wait
   */
  public void takeAll(AppToken app, int writes, HttpServletResponse response) {
    limit.takeAll(app.value(), writes, response);
  }
}

package dev.tally.common.web.ratelimit;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A token bucket for each key, in this process. A deployment's limit is this one times its
 * processes. Every limited answer tells the client what remains, in the header fields {@code
 * RateLimit-Policy} and {@code RateLimit} of the IETF draft of that name.
 */
public final class RateLimit {

  /** With more keys than this, rarely used ones are evicted and start with a full bucket again. */
  private static final int MAX_KEYS = 100_000;

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final String name;
  private final String policy;
  private final String refusal;
  private final long burst;
  private final @Nullable LoadingCache<String, Bucket> buckets;

  /**
   * @param name identifies the limit in header fields
   * @param refusal the problem's detail for a key over its limit
   * @param rate how many each key may take in a period; 0 means no limit
   * @param burst how many a key may take at once after a pause; 0 means as many as {@code rate}
   */
  public RateLimit(String name, String refusal, long rate, Duration period, long burst) {
    this.name = name;
    this.refusal = refusal;
    this.burst = burst == 0 ? rate : burst;
    if (rate == 0) {
      policy = "";
      buckets = null;
      return;
    }
    // A bucket is full after this time, so it can be dropped: a new one is full, too.
    Duration window = period.multipliedBy(this.burst).dividedBy(rate);
    policy = "\"%s\";q=%d;w=%d".formatted(name, this.burst, seconds(window.toNanos()));
    buckets =
        Caffeine.newBuilder()
            .maximumSize(MAX_KEYS)
            .expireAfterAccess(window.compareTo(SECOND) < 0 ? SECOND : window)
            .build(
                _ ->
                    Bucket.builder()
                        .addLimit(limit -> limit.capacity(this.burst).refillGreedy(rate, period))
                        .build());
  }

  /** Whether there is a limit. */
  public boolean isOn() {
    return buckets != null;
  }

  /**
   * Counts against a key's limit.
   *
   * @param cost at most one full bucket is taken, otherwise a larger cost could never pass
   * @param response receives the header fields
   * @throws ProblemException 429 if the key has to wait
   */
  public void take(String key, int cost, HttpServletResponse response) {
    if (buckets == null) {
      return;
    }
    ConsumptionProbe probe = buckets.get(key).tryConsumeAndReturnRemaining(Math.min(cost, burst));
    response.addHeader("RateLimit-Policy", policy);
    response.addHeader(
        "RateLimit",
        "\""
            + name
            + "\";r="
            + probe.getRemainingTokens()
            + ";t="
            + seconds(probe.getNanosToWaitForReset()));
    if (!probe.isConsumed()) {
      throw ProblemException.retryable(
          ProblemType.RATE_LIMITED, refusal, Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
  }

  /** Whole seconds, rounded up. */
  private static long seconds(long nanos) {
    return Math.ceilDiv(nanos, SECOND.toNanos());
  }
}

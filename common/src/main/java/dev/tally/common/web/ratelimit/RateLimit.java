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
   * @param highestCost the highest cost that is taken
   */
  public RateLimit(
      String name, String refusal, long rate, Duration period, long burst, int highestCost) {
    this.name = name;
    this.refusal = refusal;
    this.burst = burst == 0 ? rate : burst;
    if (rate == 0) {
      policy = "";
      buckets = null;
      return;
    }
    // An empty bucket is full after this time, so it can be dropped: a new one is full, too.
    Duration window = period.multipliedBy(this.burst).dividedBy(rate);
    policy = "\"%s\";q=%d;w=%d".formatted(name, this.burst, seconds(window.toNanos()));
    // A bucket in debt must not be dropped before.
    Duration debt = period.multipliedBy(Math.max(0, highestCost - this.burst)).dividedBy(rate);
    Duration idle = window.plus(debt);
    buckets =
        Caffeine.newBuilder()
            .maximumSize(MAX_KEYS)
            .expireAfterAccess(idle.compareTo(SECOND) < 0 ? SECOND : idle)
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
   * @param cost if it is more than a bucket holds, it passes when the bucket is full, and the key
   *     has to wait until it has paid all of it
   * @param response receives the header fields
   * @throws ProblemException 429 if the key has to wait
   */
  public void take(String key, int cost, HttpServletResponse response) {
    if (buckets == null) {
      return;
    }
    Bucket bucket = buckets.get(key);
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(Math.min(cost, burst));
    long debt =
        probe.isConsumed() && cost > burst ? bucket.consumeIgnoringRateLimits(cost - burst) : 0;
    report(probe, debt, response);
    requireTaken(probe);
  }

  /**
   * Takes one of a cost that is not known yet.
   *
   * @param response receives the header fields if the key has to wait
   * @throws ProblemException 429 if the key has to wait
   */
  public void takeFirst(String key, HttpServletResponse response) {
    if (buckets == null) {
      return;
    }
    ConsumptionProbe probe = buckets.get(key).tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      report(probe, /* debt= */ 0, response);
      requireTaken(probe);
    }
  }

  /**
   * Takes a whole cost, of which {@link #takeFirst} has taken one. That one is given back first, so
   * a key that has to wait gets as far with its next request.
   *
   * @throws ProblemException 429 if the key has to wait
   */
  public void takeAll(String key, int cost, HttpServletResponse response) {
    if (buckets != null) {
      buckets.get(key).addTokens(1);
      take(key, cost, response);
    }
  }

  private void report(ConsumptionProbe probe, long debt, HttpServletResponse response) {
    response.addHeader("RateLimit-Policy", policy);
    response.addHeader(
        "RateLimit",
        "\""
            + name
            + "\";r="
            + probe.getRemainingTokens()
            + ";t="
            + seconds(probe.getNanosToWaitForReset() + debt));
  }

  private void requireTaken(ConsumptionProbe probe) {
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

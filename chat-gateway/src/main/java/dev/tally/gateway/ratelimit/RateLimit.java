package dev.tally.gateway.ratelimit;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.tally.common.problem.ProblemException;
import dev.tally.common.problem.ProblemType;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * A token bucket for each app, in this process: a deployment's limit is this one times its
 * gateways.
 */
@Component
public final class RateLimit {

  /** Past this many apps, those that have written longest ago start with a full bucket again. */
  private static final int MAX_APPS = 100_000;

  private final long burst;
  private final @Nullable LoadingCache<String, Bucket> buckets;

  RateLimit(RateLimitProperties properties) {
    long perSecond = properties.perSecond();
    burst = properties.burst() == 0 ? perSecond : properties.burst();
    buckets =
        perSecond == 0
            ? null
            : Caffeine.newBuilder()
                .maximumSize(MAX_APPS)
                .build(
                    _ ->
                        Bucket.builder()
                            .addLimit(
                                limit ->
                                    limit
                                        .capacity(burst)
                                        .refillGreedy(perSecond, Duration.ofSeconds(1)))
                            .build());
  }

  /**
   * Counts writes against an app's limit.
   *
   * @param writes a batch larger than the whole bucket costs one full bucket, else it could never
   *     pass
   * @throws ProblemException 429 if the app has to wait
   */
  public void take(String app, int writes) {
    if (buckets == null) {
      return;
    }
    ConsumptionProbe probe = buckets.get(app).tryConsumeAndReturnRemaining(Math.min(writes, burst));
    if (!probe.isConsumed()) {
      throw ProblemException.retryable(
          ProblemType.RATE_LIMITED,
          "This app writes faster than it may.",
          Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
  }
}

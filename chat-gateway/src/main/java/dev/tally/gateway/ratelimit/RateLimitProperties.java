package dev.tally.gateway.ratelimit;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The write rate limit of one app in one gateway.
 *
 * @param perSecond sustained writes a second of one app; 0 means no limit
 * @param burst writes that an app may make at once after a pause; 0 means as many as {@code
 *     perSecond}
 */
@Validated
@ConfigurationProperties("tally.gateway.rate-limit")
public record RateLimitProperties(@Min(0) long perSecond, @Min(0) long burst) {}

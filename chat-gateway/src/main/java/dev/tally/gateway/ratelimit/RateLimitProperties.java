package dev.tally.gateway.ratelimit;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How fast one app may write through one gateway.
 *
 * @param perSecond writes a second that an app may keep up; 0 sets no limit
 * @param burst writes that an app may make at once after a pause; 0 means as many as {@code
 *     perSecond}
 */
@Validated
@ConfigurationProperties("tally.gateway.rate-limit")
public record RateLimitProperties(
    @DefaultValue("0") @Min(0) long perSecond, @DefaultValue("0") @Min(0) long burst) {}

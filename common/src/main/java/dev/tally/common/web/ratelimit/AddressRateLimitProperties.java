package dev.tally.common.web.ratelimit;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How fast requests may come from one client address to one process.
 *
 * @param perSecond requests a second that an address may keep up; 0 sets no limit
 * @param burst requests that an address may make at once after a pause; 0 means as many as {@code
 *     perSecond}
 */
@Validated
@ConfigurationProperties("tally.rate-limit.address")
record AddressRateLimitProperties(
    @DefaultValue("0") @Min(0) long perSecond, @DefaultValue("0") @Min(0) long burst) {}

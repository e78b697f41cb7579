package dev.tally.common.web.ratelimit;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The request rate limit of one client address in one process.
 *
 * @param perSecond sustained requests a second of one address; 0 means no limit
 * @param burst requests that an address may send at once after a pause; 0 means as many as {@code
 *     perSecond}
 */
@Validated
@ConfigurationProperties("tally.rate-limit.address")
record AddressRateLimitProperties(@Min(0) long perSecond, @Min(0) long burst) {}

package dev.tally.common.web.server;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Bounds and trust for connections to a service.
 *
 * @param requestTimeout how long a request may take to arrive, from its first byte to the last one
 *     that the service reads
 * @param trustedProxies addresses and networks in CIDR notation, separated by commas, whose {@code
 *     X-Forwarded-For} and {@code X-Forwarded-Proto} the service trusts; none if empty
 */
@ConfigurationProperties("tally.server")
record ConnectionProperties(Duration requestTimeout, String trustedProxies) {}

package dev.tally.common.web.server;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a service treats those who connect.
 *
 * @param requestTimeout how long a request may take to come in, from its first byte to the last one
 *     that is read of it
 * @param trustedProxies addresses and networks in CIDR notation, separated by commas, whose {@code
 *     X-Forwarded-For} and {@code X-Forwarded-Proto} are believed; none if empty
 */
@ConfigurationProperties("tally.server")
record ConnectionProperties(
    @DefaultValue("30s") Duration requestTimeout, @DefaultValue("") String trustedProxies) {}

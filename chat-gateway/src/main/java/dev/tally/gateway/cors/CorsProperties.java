package dev.tally.gateway.cors;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which web pages may write.
 *
 * @param origins as browsers name them: scheme, host and port; none if empty
 */
@ConfigurationProperties("tally.gateway.cors")
record CorsProperties(@DefaultValue Set<String> origins) {}

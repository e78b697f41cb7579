package dev.tally.gateway.cors;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The web pages that browsers allow to write.
 *
 * @param origins the pages' origins as browsers send them, with scheme, host and port; none if
 *     empty
 */
@ConfigurationProperties("tally.gateway.cors")
record CorsProperties(@DefaultValue Set<String> origins) {}

package dev.tally.common.web.origin;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The web pages that may write.
 *
 * @param origins the pages' origins as browsers send them, with scheme, host and port; none if
 *     empty
 */
@ConfigurationProperties("tally.web")
public record OriginProperties(@DefaultValue Set<String> origins) {}

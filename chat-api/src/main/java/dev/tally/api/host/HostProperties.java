package dev.tally.api.host;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How clients reach the API.
 *
 * @param names the host names in their URLs, without ports. IP addresses and {@code localhost} need
 *     not be there.
 */
@ConfigurationProperties("tally.api.host")
record HostProperties(@DefaultValue Set<String> names) {}

package dev.tally.api.gateway;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The gateway's address, for pages.
 *
 * @param url the URL at which a browser reaches the gateway
 */
@ConfigurationProperties("tally.api.gateway")
public record GatewayProperties(URI url) {

  /** Accepts http and https URLs only. */
  public GatewayProperties {
    boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!web || url.getHost() == null) {
      throw new IllegalArgumentException("TALLY_GATEWAY_URL must be an http or https URL");
    }
  }

  /** The URL without slashes at its end, for a path to follow. */
  public String base() {
    return url.toString().replaceAll("/+$", "");
  }

  /** Scheme, host and port, by which a content security policy allows the gateway. */
  public String origin() {
    int port = url.getPort();
    return url.getScheme() + "://" + url.getHost() + (port < 0 ? "" : ":" + port);
  }
}

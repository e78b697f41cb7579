package dev.tally.api.gateway;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What pages have to know of the gateway.
 *
 * @param url where a browser reaches it
 */
@ConfigurationProperties("tally.api.gateway")
public record GatewayProperties(@DefaultValue("http://localhost:8000") URI url) {

  /** Takes http and https only. */
  public GatewayProperties {
    boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!web || url.getHost() == null) {
      throw new IllegalArgumentException(
          "TALLY_GATEWAY_URL must be an http or https URL, but is '%s'".formatted(url));
    }
  }

  /** The URL, to put a path behind. */
  public String base() {
    return url.toString().replaceAll("/+$", "");
  }

  /** Scheme, host and port: what a browser goes by. */
  public String origin() {
    int port = url.getPort();
    return url.getScheme() + "://" + url.getHost() + (port < 0 ? "" : ":" + port);
  }
}

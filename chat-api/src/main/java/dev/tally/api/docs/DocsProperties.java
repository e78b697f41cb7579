package dev.tally.api.docs;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the page has to know.
 *
 * @param gatewayUrl where a browser reaches the gateway
 */
@ConfigurationProperties("tally.api.docs")
record DocsProperties(@DefaultValue("http://localhost:8000") URI gatewayUrl) {

  DocsProperties {
    boolean web = "http".equals(gatewayUrl.getScheme()) || "https".equals(gatewayUrl.getScheme());
    if (!web || gatewayUrl.getHost() == null) {
      throw new IllegalArgumentException(
          "TALLY_GATEWAY_URL must be an http or https URL, but is '%s'".formatted(gatewayUrl));
    }
  }

  /** Scheme, host and port: what a browser goes by. */
  String gatewayOrigin() {
    int port = gatewayUrl.getPort();
    return gatewayUrl.getScheme() + "://" + gatewayUrl.getHost() + (port < 0 ? "" : ":" + port);
  }
}

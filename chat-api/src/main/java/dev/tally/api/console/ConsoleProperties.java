package dev.tally.api.console;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the console has to know.
 *
 * @param gatewayUrl where a browser reaches the gateway
 */
@ConfigurationProperties("tally.api.console")
record ConsoleProperties(@DefaultValue("http://localhost:8000") URI gatewayUrl) {

  ConsoleProperties {
    boolean web = "http".equals(gatewayUrl.getScheme()) || "https".equals(gatewayUrl.getScheme());
    if (!web || gatewayUrl.getHost() == null) {
      throw new IllegalArgumentException(
          "TALLY_GATEWAY_URL must be an http or https URL, but is '%s'".formatted(gatewayUrl));
    }
  }

  /** Scheme, host and port. */
  String gatewayOrigin() {
    return gatewayUrl.getScheme() + "://" + gatewayUrl.getRawAuthority();
  }
}

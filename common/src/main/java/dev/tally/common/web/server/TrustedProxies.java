package dev.tally.common.web.server;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.catalina.util.NetMaskSet;
import org.apache.catalina.valves.RemoteIpValve;

/** Reads a client's address and scheme from the headers of trusted proxies. */
final class TrustedProxies {

  private TrustedProxies() {}

  /**
   * A valve that trusts these proxies and no others.
   *
   * @param networks addresses and networks in CIDR notation, separated by commas
   * @throws IllegalArgumentException if one is neither
   */
  static RemoteIpValve valve(String networks) {
    String masks =
        Arrays.stream(networks.split(","))
            .map(TrustedProxies::mask)
            .collect(Collectors.joining(","));
    try {
      NetMaskSet.parse(masks);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "TALLY_TRUSTED_PROXIES must be addresses or networks (10.0.0.0/8), separated by commas, but is '%s'"
              .formatted(networks),
          e);
    }
    RemoteIpValve valve = new RemoteIpValve();
    valve.setInternalProxies(masks);
    return valve;
  }

  /** Adds a mask, because Tomcat reads a list without a slash as a regular expression. */
  private static String mask(String network) {
    String text = network.strip();
    if (text.indexOf('/') >= 0) {
      return text;
    }
    return text + (text.indexOf(':') >= 0 ? "/128" : "/32");
  }
}

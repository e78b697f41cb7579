package dev.tally.common.web.server;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.catalina.util.NetMaskSet;
import org.apache.catalina.valves.RemoteIpValve;

/** Takes a client's address and scheme from what proxies say, if they are trusted. */
final class TrustedProxies {

  private TrustedProxies() {}

  /**
   * The valve that believes these proxies, and nobody else.
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

  /** Tomcat takes a list without any slash for a regular expression. */
  private static String mask(String network) {
    String text = network.strip();
    if (text.indexOf('/') >= 0) {
      return text;
    }
    return text + (text.indexOf(':') >= 0 ? "/128" : "/32");
  }
}

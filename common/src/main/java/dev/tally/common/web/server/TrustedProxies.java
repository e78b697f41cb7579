package dev.tally.common.web.server;

import dev.tally.common.startup.InvalidSettingException;
import java.net.InetAddress;
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
   * @throws InvalidSettingException if one is neither
   */
  static RemoteIpValve valve(String networks) {
    String masks;
    try {
      masks =
          Arrays.stream(networks.split(",", -1))
              .map(TrustedProxies::mask)
              .collect(Collectors.joining(","));
      NetMaskSet.parse(masks);
    } catch (IllegalArgumentException e) {
      // Not quoted: somebody may have put a URL with a password there.
      throw new InvalidSettingException(
          "TALLY_TRUSTED_PROXIES must be addresses or networks (10.0.0.0/8), separated by commas");
    }
    RemoteIpValve valve = new RemoteIpValve();
    valve.setInternalProxies(masks);
    return valve;
  }

  /**
   * Checks the address, because Tomcat would look up a host name, and takes an empty one for
   * localhost. Adds a mask, because Tomcat reads a list without a slash as a regular expression.
   */
  private static String mask(String network) {
    String text = network.strip();
    int slash = text.indexOf('/');
    InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
    return slash < 0 ? text + "/" + address.getAddress().length * Byte.SIZE : text;
  }
}

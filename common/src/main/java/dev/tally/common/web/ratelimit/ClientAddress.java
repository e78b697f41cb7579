package dev.tally.common.web.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** Whom a limit on client addresses counts for. */
public final class ClientAddress {

  /** Who has one IPv6 address has the whole network around it. */
  private static final int IPV6_NETWORK_BYTES = 8;

  private ClientAddress() {}

  /**
   * The address that a request came from, for IPv6 its /64 network. Behind a proxy that is the
   * proxy's address, unless it is trusted to tell the client's.
   */
  public static String of(HttpServletRequest request) {
    String address = request.getRemoteAddr();
    return address.indexOf(':') < 0 ? address : network(address);
  }

  private static String network(String address) {
    try {
      InetAddress parsed = InetAddress.ofLiteral(address);
      return parsed instanceof Inet6Address
          ? HexFormat.of().formatHex(Arrays.copyOf(parsed.getAddress(), IPV6_NETWORK_BYTES))
          : parsed.getHostAddress();
    } catch (IllegalArgumentException e) {
      // what a trusted proxy calls its client
      return address;
    }
  }
}

package dev.tally.common.web.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/** The address that a request is rate-limited by. */
public final class ClientAddress {

  /** A client with one IPv6 address usually has the whole /64 network around it. */
  private static final int IPV6_NETWORK_BYTES = 8;

  private ClientAddress() {}

  /**
   * The client's address, for IPv6 its /64 network. Behind a proxy that is not trusted, it is the
   * proxy's address.
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
      // A trusted proxy may name its client by something other than an address.
      return address;
    }
  }
}

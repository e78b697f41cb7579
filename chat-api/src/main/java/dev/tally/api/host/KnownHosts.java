package dev.tally.api.host;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The hosts that requests may be for. Nobody can give a page an IP address or {@code localhost} as
 * its name, except whoever serves it from there.
 */
final class KnownHosts {

  private static final String LOCAL = "localhost";

  private final Set<String> names;

  KnownHosts(Set<String> names) {
    this.names =
        names.stream()
            .map(name -> name.strip().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether a request may be for this host.
   *
   * @param host a name, an IPv4 address, or an IPv6 address in brackets, without a port
   */
  boolean include(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals(LOCAL) || names.contains(name) || isAddress(name);
  }

  private static boolean isAddress(String name) {
    try {
      InetAddress.ofLiteral(
          name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

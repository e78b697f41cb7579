package dev.tally.common.redis.topology;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A primary as a Sentinel names it.
 *
 * @param host an IP address, or a host name if the Sentinels are configured to use such
 * @param epoch grows with each failover. Of two Sentinels that name different primaries, the one
 *     with the lower epoch has not heard of the latest failover.
 */
record NamedPrimary(String host, int port, long epoch) {

  /**
   * The primary to believe in: of several answers, the one with the highest epoch holds, as it does
   * among the Sentinels themselves. One answer is enough.
   *
   * @param sentinels how many were asked
   * @param before the primary that was believed in before
   * @return empty if only a minority answered, and has not heard of the failover to {@code before}
   */
  static Optional<NamedPrimary> latest(
      List<NamedPrimary> answers, int sentinels, @Nullable NamedPrimary before) {
    Comparator<NamedPrimary> order =
        Comparator.comparingLong(NamedPrimary::epoch)
            .thenComparing(primary -> before != null && primary.isSameServerAs(before));
    // Most Sentinels have lower epochs if they were set up anew.
    boolean isMajority = answers.size() * 2 > sentinels;
    return answers.stream()
        .max(order)
        .filter(primary -> isMajority || before == null || primary.epoch >= before.epoch);
  }

  boolean isSameServerAs(NamedPrimary other) {
    return host.equals(other.host) && port == other.port;
  }

  InetSocketAddress unresolved() {
    return InetSocketAddress.createUnresolved(host, port);
  }

  /**
   * All addresses of the server.
   *
   * @throws UnknownHostException if the host name has none
   */
  Set<SocketAddress> resolved() throws UnknownHostException {
    return Arrays.stream(InetAddress.getAllByName(host))
        .map(address -> new InetSocketAddress(address, port))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The address for log lines. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}

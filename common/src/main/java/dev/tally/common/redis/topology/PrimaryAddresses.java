package dev.tally.common.redis.topology;

import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.SocketAddressResolver;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Leads a connection that Lettuce opens to a former primary to the present one. Lettuce believes
 * the first Sentinel that answers, and that one may be cut off from the others together with the
 * former primary. A write that such a primary takes is lost.
 */
final class PrimaryAddresses extends SocketAddressResolver {

  /** More servers than a group has. */
  private static final int MOST = 32;

  private final Set<InetSocketAddress> former = new LinkedHashSet<>();
  private @Nullable NamedPrimary present;

  /**
   * Learns which server is the primary.
   *
   * @param named all servers that Sentinels have named now; the others are former primaries
   */
  synchronized void learn(NamedPrimary primary, List<NamedPrimary> named) {
    if (present != null) {
      former.add(present.unresolved());
    }
    named.forEach(other -> former.add(other.unresolved()));
    former.remove(primary.unresolved());
    while (former.size() > MOST) {
      former.remove(former.iterator().next());
    }
    present = primary;
  }

  @Override
  public SocketAddress resolve(RedisURI uri) {
    return super.resolve(redirected(uri));
  }

  private synchronized RedisURI redirected(RedisURI uri) {
    if (present == null || uri.getHost() == null) {
      return uri;
    }
    InetSocketAddress wanted = InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort());
    return former.contains(wanted) ? RedisURI.create(present.host(), present.port()) : uri;
  }
}

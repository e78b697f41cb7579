package dev.tally.common.redis.topology;

import io.lettuce.core.ConnectionBuilder;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.SocketAddress;
import java.util.Set;

/** The open channels of this process' Redis client that lead to a primary, not to a Sentinel. */
final class PrimaryChannels implements NettyCustomizer {

  /** Forgets a channel that has closed. */
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  @Override
  public void afterChannelInitialized(Channel channel) {
    // The URL of a channel to a Sentinel names that Sentinel alone, like one of a single server.
    String url = channel.attr(ConnectionBuilder.REDIS_URI).get();
    if (url != null
        && (url.startsWith(RedisURI.URI_SCHEME_REDIS_SENTINEL)
            || url.startsWith(RedisURI.URI_SCHEME_REDIS_SENTINEL_SECURE))) {
      channels.add(channel);
    }
  }

  /**
   * Closes the channels that lead to other servers. Lettuce then asks the Sentinels where to
   * connect.
   *
   * @return how many were closed
   */
  int closeAllBut(Set<SocketAddress> primary) {
    int closed = 0;
    for (Channel channel : channels) {
      SocketAddress remote = channel.remoteAddress();
      // A channel that is not connected yet has no address. The next look judges it.
      if (remote != null && !primary.contains(remote)) {
        var _ = channel.close();
        closed++;
      }
    }
    return closed;
  }
}

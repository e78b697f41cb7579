package dev.tally.common.redis.topology;

import io.lettuce.core.ConnectionBuilder;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The channels of this process' Redis client that lead to a primary, not to a Sentinel.
 *
 * <p>A channel opens only to the server that the Sentinels name at that moment. What Lettuce has
 * heard of one of them, and what this process has heard before, may be older: a former primary that
 * has just been started again takes writes until the Sentinels make it a replica, and they are
 * lost.
 */
final class PrimaryChannels implements NettyCustomizer {

  /** Forgets a channel that has closed. */
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  private volatile Supplier<Optional<NamedPrimary>> present = Optional::empty;

  /**
   * From now on, channels open only to this server.
   *
   * @param present asks the Sentinels; empty if they have never named one, so that any will do
   */
  void openOnlyTo(Supplier<Optional<NamedPrimary>> present) {
    this.present = present;
  }

  @Override
  public void afterChannelInitialized(Channel channel) {
    // The URL of a channel to a Sentinel names that Sentinel alone, like one of a single server.
    String url = channel.attr(ConnectionBuilder.REDIS_URI).get();
    if (url != null
        && (url.startsWith(RedisURI.URI_SCHEME_REDIS_SENTINEL)
            || url.startsWith(RedisURI.URI_SCHEME_REDIS_SENTINEL_SECURE))) {
      channels.add(channel);
      channel.pipeline().addLast(new Gate());
    }
  }

  /** Asks before it connects, in a thread of its own: the event loop must hear the Sentinels. */
  private final class Gate extends ChannelOutboundHandlerAdapter {

    @Override
    public void connect(
        ChannelHandlerContext context,
        SocketAddress remote,
        @Nullable SocketAddress local,
        ChannelPromise promise) {
      Thread.ofVirtual()
          .name("failover-gate")
          .start(
              () -> {
                try {
                  require(remote);
                  var _ = context.connect(remote, local, promise);
                } catch (IOException | RuntimeException e) {
                  promise.tryFailure(e);
                }
              });
    }
  }

  private void require(SocketAddress remote) throws IOException {
    Optional<NamedPrimary> named = present.get();
    if (named.isPresent() && !named.get().resolved().contains(remote)) {
      // Lettuce tries again, and is led to that one.
      throw new ConnectException("the Redis Sentinels name " + named.get());
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

package dev.tally.common.redis.topology;

import dev.tally.common.log.LoggedFault;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.lettuce.core.sentinel.api.sync.RedisSentinelCommands;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one Sentinel. Its connection stays open while the Sentinel answers, and is opened anew for
 * the next question after it did not. Not for two threads at once.
 */
final class SentinelLink implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SentinelLink.class);

  private final String name;
  private final String master;
  private final Supplier<StatefulRedisSentinelConnection<String, String>> connect;
  private @Nullable StatefulRedisSentinelConnection<String, String> connection;
  private boolean answered = true;

  /**
   * @param name the Sentinel's address, for log lines
   * @param master the name that the Sentinel knows the primary by
   * @param connect opens a connection whose commands time out
   */
  SentinelLink(
      String name,
      String master,
      Supplier<StatefulRedisSentinelConnection<String, String>> connect) {
    this.name = name;
    this.master = master;
    this.connect = connect;
  }

  /** The primary that the Sentinel names, empty if it does not answer or does not know any. */
  Optional<NamedPrimary> ask() {
    try {
      NamedPrimary primary = named(connected().sync());
      if (!answered) {
        log.info("the Redis Sentinel {} answers again", name);
        answered = true;
      }
      return Optional.of(primary);
    } catch (RedisException e) {
      close();
      if (answered) {
        log.warn("the Redis Sentinel {} {}", name, reason(e));
        answered = false;
      }
      return Optional.empty();
    }
  }

  private StatefulRedisSentinelConnection<String, String> connected() {
    if (connection == null) {
      connection = connect.get();
    }
    return connection;
  }

  private NamedPrimary named(RedisSentinelCommands<String, String> sentinel) {
    // A failover between the two questions makes the epoch too low, so that another Sentinel is
    // believed until the next look. A new epoch with the old address would be believed wrongly.
    long epoch = Long.parseLong(sentinel.master(master).getOrDefault("config-epoch", "0"));
    if (sentinel.getMasterAddrByName(master) instanceof InetSocketAddress address) {
      return new NamedPrimary(address.getHostString(), address.getPort(), epoch);
    }
    throw new RedisException("names no primary");
  }

  private String reason(RedisException e) {
    boolean isUnknown =
        e instanceof RedisCommandExecutionException
            && Objects.requireNonNullElse(e.getMessage(), "").contains("No such master");
    return isUnknown
        ? "knows no primary '%s': set TALLY_REDIS_SENTINEL_MASTER".formatted(master)
        : "does not answer: " + LoggedFault.line(e);
  }

  @Override
  public void close() {
    if (connection != null) {
      var _ = connection.closeAsync();
      connection = null;
    }
  }
}

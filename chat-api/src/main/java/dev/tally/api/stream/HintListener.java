package dev.tally.api.stream;

import dev.tally.common.hint.Hint;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Wakes streams when a worker has persisted messages for them. A subscription that stands is kept
 * up by the Redis client, which subscribes again after a lost connection; what is published
 * meanwhile is lost, and {@link Poll} finds it.
 */
@Component
final class HintListener implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(HintListener.class);

  private final Streams streams;
  private final RedisConnectionFactory connections;
  private final Counter woken;
  private final Counter messages;
  private @Nullable RedisConnection subscription;
  private boolean running;

  HintListener(Streams streams, RedisConnectionFactory connections, MeterRegistry meters) {
    this.streams = streams;
    this.connections = connections;
    this.woken =
        Counter.builder("tally.streams.woken")
            .description("Streams told of new messages")
            .tag("by", "hint")
            .register(meters);
    this.messages =
        Counter.builder("tally.hints.messages").description("Hints received").register(meters);
  }

  /** Subscribes, unless that has succeeded: Redis may be away when this service starts. */
  @Scheduled(fixedDelayString = "1s")
  synchronized void subscribe() {
    if (subscription != null || !running) {
      return;
    }
    RedisConnection connection = null;
    try {
      connection = connections.getConnection();
      connection.pSubscribe(
          (message, _) -> take(message), PartitionKeys.ALL_HINTS.getBytes(StandardCharsets.UTF_8));
      subscription = connection;
    } catch (DataAccessException e) {
      log.debug("no subscription to hints yet: {}", LoggedFault.line(e));
      if (connection != null) {
        connection.close();
      }
    }
  }

  private void take(Message message) {
    for (Hint hint : Hint.decode(new String(message.getBody(), StandardCharsets.UTF_8))) {
      messages.increment(hint.messages());
      streams
          .watch(hint.app(), hint.chat())
          .filter(watch -> watch.hint(hint.number()))
          .ifPresent(_ -> woken.increment());
    }
  }

  /** How many messages hints have told of since this service started. */
  long messages() {
    return (long) messages.count();
  }

  @Override
  public synchronized void start() {
    running = true;
  }

  /** While there still are connections to Redis. */
  @Override
  public synchronized void stop() {
    running = false;
    if (subscription != null) {
      subscription.close();
      subscription = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return running;
  }
}

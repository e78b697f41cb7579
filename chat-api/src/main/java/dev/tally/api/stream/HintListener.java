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
 * Wakes streams when a worker has persisted messages or changes of their chats. After a lost
 * connection, the Redis client subscribes again by itself. Hints that were published in between are
 * lost; {@link Poll} finds what they told of.
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
            .description("Chats whose streams were woken by news of messages or changes")
            .tag("by", "hint")
            .register(meters);
    this.messages =
        Counter.builder("tally.hints.messages")
            .description("Messages that hints have announced")
            .register(meters);
  }

  /** Subscribes until that succeeds once: Redis may be down when this service starts. */
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
      log.debug("Could not subscribe to hints, trying again: {}", LoggedFault.line(e));
      if (connection != null) {
        connection.close();
      }
    }
  }

  private void take(Message message) {
    for (Hint hint : Hint.decode(new String(message.getBody(), StandardCharsets.UTF_8))) {
      if (hint instanceof Hint.NewMessages(_, _, long count)) {
        messages.increment((double) count);
      }
      streams
          .watch(hint.chat())
          .filter(watch -> raise(watch, hint))
          .ifPresent(_ -> woken.increment());
    }
  }

  private static boolean raise(ChatWatch watch, Hint hint) {
    return switch (hint) {
      case Hint.NewMessages(_, long highest, _) -> watch.hint(highest);
      case Hint.NewChanges(_, long highest) -> watch.raiseChange(highest);
    };
  }

  /** The number of messages that hints have announced since this service started. */
  long messages() {
    return (long) messages.count();
  }

  @Override
  public synchronized void start() {
    running = true;
  }

  /** Unsubscribes before Spring closes the connections to Redis. */
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

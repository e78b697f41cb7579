package dev.tally.worker.drain;

import dev.tally.common.hint.Hint;
import dev.tally.common.identity.ChatName;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;
import dev.tally.worker.drain.batch.Delivery;
import io.lettuce.core.api.async.BaseRedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Publishes hints of committed messages. No write waits for a hint, and no reader depends on one.
 */
@Component
final class HintPublisher {

  private static final Logger log = LoggerFactory.getLogger(HintPublisher.class);

  private final StringRedisTemplate redis;

  HintPublisher(StringRedisTemplate redis) {
    this.redis = redis;
  }

  /**
   * Publishes a hint for each chat that has a message among these deliveries, without waiting for
   * Redis.
   */
  void publish(PartitionKeys keys, List<Delivery> deliveries) {
    Map<ChatName, Hint> hints = new HashMap<>();
    for (Delivery delivery : deliveries) {
      if (delivery.job() instanceof Job.NewMessage message) {
        hints.merge(
            message.message().chat(),
            new Hint(message.message().chat(), message.message().number(), 1),
            HintPublisher::together);
      }
    }
    if (!hints.isEmpty()) {
      byte[] channel = keys.hints().getBytes(StandardCharsets.UTF_8);
      byte[] message = Hint.encode(hints.values()).getBytes(StandardCharsets.UTF_8);
      try {
        redis.execute(
            (RedisCallback<?>)
                connection -> {
                  @SuppressWarnings("unchecked")
                  var commands =
                      (BaseRedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
                  var _ = commands.publish(channel, message);
                  return null;
                });
      } catch (DataAccessException e) {
        log.debug("partition {}: a hint was not sent: {}", keys.partition(), LoggedFault.line(e));
      }
    }
  }

  private static Hint together(Hint one, Hint other) {
    return new Hint(
        one.chat(), Math.max(one.number(), other.number()), one.messages() + other.messages());
  }
}

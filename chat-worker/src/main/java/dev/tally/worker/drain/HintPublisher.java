package dev.tally.worker.drain;

import dev.tally.common.hint.Hint;
import dev.tally.common.identity.ChatName;
import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;
import dev.tally.worker.drain.batch.Delivery;
import io.lettuce.core.api.async.BaseRedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.stereotype.Component;

/**
 * Publishes hints of committed messages and changes. No write waits for a hint, and no reader
 * depends on one.
 */
@Component
final class HintPublisher {

  private static final Logger log = LoggerFactory.getLogger(HintPublisher.class);

  private final StringRedisTemplate redis;

  HintPublisher(StringRedisTemplate redis) {
    this.redis = redis;
  }

  /**
   * Publishes hints for each chat that has messages or changes among these deliveries, without
   * waiting for Redis.
   */
  void publish(PartitionKeys keys, List<Delivery> deliveries) {
    List<Hint> hints = hints(deliveries);
    if (!hints.isEmpty()) {
      byte[] channel = keys.hints().getBytes(StandardCharsets.UTF_8);
      byte[] message = Hint.encode(hints).getBytes(StandardCharsets.UTF_8);
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

  /** One hint of messages and one of changes for each chat. */
  static List<Hint> hints(List<Delivery> deliveries) {
    Map<ChatName, Hint.NewMessages> messages = new LinkedHashMap<>();
    Map<ChatName, Hint.NewChanges> changes = new LinkedHashMap<>();
    for (Delivery delivery : deliveries) {
      switch (delivery.job()) {
        case Job.NewMessage job -> {
          ChatName chat = job.message().chat();
          messages.merge(
              chat, new Hint.NewMessages(chat, job.message().number(), 1), HintPublisher::together);
        }
        case Job.Change job ->
            changes.merge(
                job.chat(), new Hint.NewChanges(job.chat(), job.number()), HintPublisher::higher);
        case Job.NewChat _, Job.ErasedAuthor _ -> {
          // Nobody follows a chat that does not exist yet, and the other changes nothing yet.
        }
      }
    }
    List<Hint> hints = new ArrayList<>(messages.values());
    hints.addAll(changes.values());
    return hints;
  }

  private static Hint.NewMessages together(Hint.NewMessages one, Hint.NewMessages other) {
    return new Hint.NewMessages(
        one.chat(), Math.max(one.highest(), other.highest()), one.count() + other.count());
  }

  private static Hint.NewChanges higher(Hint.NewChanges one, Hint.NewChanges other) {
    return one.highest() >= other.highest() ? one : other;
  }
}

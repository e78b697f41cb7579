package dev.tally.worker.drain;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.log.LoggedToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;
import dev.tally.worker.drain.queue.QueueScripts;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Raises a counter that is lower than a persisted number. A counter is too low when Redis has lost
 * its latest writes.
 */
@Component
final class CounterRaise {

  private static final String HIGHEST_CHAT =
      """
      SELECT MAX(c.number) FROM chats c JOIN apps a ON a.id = c.app_id
      WHERE a.token = :token""";

  private static final String HIGHEST_MESSAGE =
      """
      SELECT MAX(m.number) FROM messages m JOIN apps a ON a.id = m.app_id
      WHERE a.token = :token AND m.chat_number = :chat""";

  private static final Logger log = LoggerFactory.getLogger(CounterRaise.class);

  private final JdbcClient jdbc;
  private final QueueScripts queue;
  private final StringRedisTemplate redis;

  CounterRaise(JdbcClient jdbc, QueueScripts queue, StringRedisTemplate redis) {
    this.jdbc = jdbc;
    this.queue = queue;
    this.redis = redis;
  }

  /**
   * Raises the counter that gave out a job's number although the number was taken.
   *
   * @return whether the counter was too low, or no number
   */
  boolean raise(PartitionKeys keys, @Nullable Job job) {
    return switch (job) {
      case null -> false;
      case Job.ErasedAuthor _ -> false;
      case Job.NewChat chat -> raise(keys.chats(chat.app()), highestChat(chat.app()));
      case Job.NewMessage message ->
          raise(keys.messages(message.message().chat()), highestMessage(message.message().chat()));
      case Job.Change change -> forgetChanges(keys.messages(change.chat()));
    };
  }

  /** The highest chat number in an app, 0 if it has none. */
  private long highestChat(AppToken app) {
    return jdbc.sql(HIGHEST_CHAT)
        .param("token", app.value())
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** The highest message number in a chat, 0 if it has none. */
  private long highestMessage(ChatName chat) {
    return jdbc.sql(HIGHEST_MESSAGE)
        .param("token", chat.app().value())
        .param("chat", chat.number())
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** The gateway recovers it from the jobs and the rows before the chat's next change. */
  private boolean forgetChanges(String counter) {
    boolean forgotten = redis.opsForHash().delete(counter, PartitionKeys.CHANGES) > 0;
    if (forgotten) {
      log.warn(
          "the counter {} gave out a change's number twice, and is recovered before the next change",
          LoggedToken.in(counter));
    }
    return forgotten;
  }

  private boolean raise(String counter, long highest) {
    boolean raised = queue.raise(counter, highest);
    if (raised) {
      log.warn(
          "the counter {} was too low, or no number, and is raised to {}",
          LoggedToken.in(counter),
          highest);
    }
    return raised;
  }
}

package dev.tally.worker.drain;

import dev.tally.common.log.LoggedToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Raises a counter that is lower than a persisted number. A counter is too low when Redis has lost
 * its latest writes.
 */
@Component
final class CounterRaise {

  private static final Logger log = LoggerFactory.getLogger(CounterRaise.class);

  private final DrainSql sql;
  private final QueueScripts queue;

  CounterRaise(DrainSql sql, QueueScripts queue) {
    this.sql = sql;
    this.queue = queue;
  }

  /**
   * Raises the counter that gave out a job's number although the number was taken.
   *
   * @return whether the counter was too low
   */
  boolean raise(PartitionKeys keys, @Nullable Job job) {
    return switch (job) {
      case null -> false;
      case Job.NewChat chat -> raise(keys.chats(chat.app()), sql.highestChat(chat.app()));
      case Job.NewMessage message ->
          raise(
              keys.messages(message.message().chat()),
              sql.highestMessage(message.message().chat()));
    };
  }

  private boolean raise(String counter, long highest) {
    boolean raised = queue.raise(counter, highest);
    if (raised) {
      log.warn("the counter {} was too low and is raised to {}", LoggedToken.in(counter), highest);
    }
    return raised;
  }
}

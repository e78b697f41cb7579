package dev.tally.worker.drain;

import dev.tally.common.log.LoggedToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Brings a counter back ahead of what is persisted. It falls behind when Redis loses what it said
 * last.
 */
@Component
final class CounterRepair {

  private static final Logger log = LoggerFactory.getLogger(CounterRepair.class);

  private final Rows rows;
  private final QueueScripts queue;

  CounterRepair(Rows rows, QueueScripts queue) {
    this.rows = rows;
    this.queue = queue;
  }

  /**
   * Raises the counter that gave out a job's number although it was taken.
   *
   * @return whether the counter was behind
   */
  boolean raise(PartitionKeys keys, @Nullable Job job) {
    return switch (job) {
      case null -> false;
      case Job.NewChat chat -> raise(keys.chats(chat.app()), rows.highestChat(chat.app()));
      case Job.NewMessage message ->
          raise(
              keys.messages(message.app(), message.chat()),
              rows.highestMessage(message.app(), message.chat()));
    };
  }

  private boolean raise(String counter, long highest) {
    boolean raised = queue.raise(counter, highest);
    if (raised) {
      log.warn(
          "the counter {} had fallen behind; it goes on after {}",
          LoggedToken.in(counter),
          highest);
    }
    return raised;
  }
}

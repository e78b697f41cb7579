package dev.tally.worker.drain.batch;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.MessageContent;
import java.time.Instant;

/**
 * A row that a job adds below a parent row. Two rows with one key are equal if one write made both.
 *
 * @param <K> the primary key
 */
sealed interface Row<K> {

  K key();

  /** The number among the children of one parent, from 1. */
  long number();

  record Chat(ChatKey key, Instant createdAt, ChatContent content) implements Row<ChatKey> {
    @Override
    public long number() {
      return key.number();
    }
  }

  record Message(MessageKey key, Instant createdAt, MessageContent content)
      implements Row<MessageKey> {
    @Override
    public long number() {
      return key.number();
    }
  }
}

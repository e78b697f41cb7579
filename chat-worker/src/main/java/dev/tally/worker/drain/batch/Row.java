package dev.tally.worker.drain.batch;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.drain.change.ChangeRows;
import dev.tally.worker.drain.change.ChatVersion;
import dev.tally.worker.drain.change.Fingerprint;
import dev.tally.worker.drain.change.MessageVersion;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row that a job adds below a parent row. Two rows with one key are equal if one write made both.
 *
 * @param <K> the primary key
 */
sealed interface Row<K> {

  K key();

  /** The number among the children of one parent, from 1. */
  long number();

  /** Whether this row, which MySQL has, is the one that a job adds. */
  default boolean isOf(Row<?> ofJob) {
    return equals(ofJob);
  }

  /**
   * A chat.
   *
   * @param created its fingerprint as it was created; null if nobody has changed it since
   */
  record Chat(ChatKey key, Instant createdAt, ChatVersion version, @Nullable Fingerprint created)
      implements Row<ChatKey> {

    /** The row that a job adds. */
    static Chat created(ChatKey key, Instant createdAt, ChatContent content) {
      return new Chat(key, createdAt, ChatVersion.created(content), null);
    }

    @Override
    public long number() {
      return key.number();
    }

    @Override
    public boolean isOf(Row<?> ofJob) {
      return created == null
          ? equals(ofJob)
          : ofJob instanceof Chat chat && created.equals(chat.fingerprint());
    }

    /** The fingerprint of what was created. */
    Fingerprint fingerprint() {
      return created == null ? Fingerprint.ofCreated(createdAt, version.content()) : created;
    }
  }

  /**
   * A message.
   *
   * @param created its fingerprint as it was created; null if nobody has changed it since
   */
  record Message(
      MessageKey key, Instant createdAt, MessageVersion version, @Nullable Fingerprint created)
      implements Row<MessageKey> {

    /** The row that a job adds. */
    static Message created(MessageKey key, Instant createdAt, MessageContent content) {
      return new Message(key, createdAt, MessageVersion.created(content), null);
    }

    @Override
    public long number() {
      return key.number();
    }

    @Override
    public boolean isOf(Row<?> ofJob) {
      return created == null
          ? equals(ofJob)
          : ofJob instanceof Message message && created.equals(message.fingerprint());
    }

    /** The fingerprint of what was created. */
    Fingerprint fingerprint() {
      return created == null ? Fingerprint.ofCreated(createdAt, version.content()) : created;
    }
  }

  /** An edit or a deletion; its fingerprint stands for all that it says. */
  record Change(ChangeRows.Key key, Fingerprint fingerprint) implements Row<ChangeRows.Key> {
    @Override
    public long number() {
      return key.number();
    }
  }
}

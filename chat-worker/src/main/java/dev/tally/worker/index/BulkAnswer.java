package dev.tally.worker.index;

import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import dev.tally.common.identity.MessageKey;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an index answered to the messages that it was sent.
 *
 * <p>A message counts as taken if the index has a later revision of it: the document says what the
 * message says now, and must not say what it said before.
 *
 * @param sent the number of messages
 * @param indexMissing the index, or the alias that documents are sent to, does not exist
 * @param failed the messages that it did not take because it was overloaded or at fault; it may
 *     take them later
 * @param refused the messages that it did not take as they are
 * @param reason the type of the first error; empty if there is none
 */
public record BulkAnswer(
    int sent,
    boolean indexMissing,
    Set<MessageKey> failed,
    Set<MessageKey> refused,
    String reason) {

  static final BulkAnswer NOTHING_SENT = new BulkAnswer(0, false, Set.of(), Set.of(), "");

  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  private static final String VERSION_CONFLICT = "version_conflict_engine_exception";

  /**
   * Reads the answer to one bulk request.
   *
   * @param items the answers to the messages, in the same order
   */
  static BulkAnswer of(List<Message> messages, List<BulkResponseItem> items) {
    boolean indexMissing = false;
    Set<MessageKey> failed = new HashSet<>();
    Set<MessageKey> refused = new HashSet<>();
    String reason = "";
    for (int i = 0; i < items.size(); i++) {
      BulkResponseItem item = items.get(i);
      if (item.error() == null || VERSION_CONFLICT.equals(item.error().type())) {
        continue;
      }
      MessageKey key = messages.get(i).key();
      if (item.status() == NOT_FOUND) {
        indexMissing = true;
      } else if (item.status() == TOO_MANY_REQUESTS || item.status() >= SERVER_ERROR) {
        failed.add(key);
      } else {
        refused.add(key);
      }
      if (reason.isEmpty()) {
        // The type only: Elasticsearch's reason may quote the message.
        reason = String.valueOf(item.error().type());
      }
    }
    return new BulkAnswer(messages.size(), indexMissing, failed, refused, reason);
  }

  BulkAnswer plus(BulkAnswer other) {
    return new BulkAnswer(
        sent + other.sent,
        indexMissing || other.indexMissing,
        union(failed, other.failed),
        union(refused, other.refused),
        reason.isEmpty() ? other.reason : reason);
  }

  /** The messages that the index did not take, for whatever reason. */
  public Set<MessageKey> notTaken() {
    return union(failed, refused);
  }

  /** Whether the index took no message, and may take some later. */
  public boolean tookNothingNow() {
    return !failed.isEmpty() && failed.size() + refused.size() == sent;
  }

  private static Set<MessageKey> union(Set<MessageKey> one, Set<MessageKey> other) {
    Set<MessageKey> union = new HashSet<>(one);
    union.addAll(other);
    return union;
  }
}

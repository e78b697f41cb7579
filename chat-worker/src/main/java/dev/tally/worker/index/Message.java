package dev.tally.worker.index;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.Numbers;
import dev.tally.worker.tracing.WriteSpans;
import java.time.Instant;

/**
 * A persisted message, with the parts that search needs.
 *
 * @param body empty if the message is deleted
 * @param revision the number of the change that made it so; 0 if nobody has changed it. {@link
 *     Numbers#HIGHEST} if it is deleted: a deletion may be older than the last edit, and be
 *     persisted after it, and no version may follow it.
 * @param acceptedAt when that change was accepted, or the message itself
 */
public record Message(
    MessageKey key, AppToken app, String body, long revision, Instant acceptedAt) {

  /** Whether it is deleted. */
  public boolean isDeleted() {
    return revision == Numbers.HIGHEST;
  }

  /** The key that {@link WriteSpans} finds its trace by. No change has one. */
  public WriteSpans.Written written() {
    return new WriteSpans.Written(key.chat().number(), key.number(), acceptedAt);
  }
}

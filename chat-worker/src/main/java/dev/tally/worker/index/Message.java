package dev.tally.worker.index;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.MessageKey;
import dev.tally.worker.tracing.WriteSpans;
import java.time.Instant;

/** A persisted message, with the parts that search needs. */
public record Message(MessageKey key, AppToken app, String body, Instant createdAt) {

  /** The key that {@link WriteSpans} finds its trace by. */
  public WriteSpans.Written written() {
    return new WriteSpans.Written(key.chat().number(), key.number(), createdAt);
  }
}

package dev.tally.worker.index;

import dev.tally.worker.tracing.WriteSpans;
import java.time.Instant;

/** A persisted message, with the parts that search needs. */
public record Message(long appId, long chat, long number, String body, Instant createdAt) {

  /** The id of its document, the same in every index. */
  public String documentId() {
    return appId + ":" + chat + ":" + number;
  }

  /** Keeps an app's messages in one shard. */
  String routing() {
    return Long.toString(appId);
  }

  /** The key that {@link WriteSpans} finds its trace by. */
  public WriteSpans.Written written() {
    return new WriteSpans.Written(chat, number, createdAt);
  }

  /** The document to index. */
  Document document() {
    return new Document(appId, chat, number, body);
  }

  /** A document of the index; its fields are those of {@code search/index.json}. */
  record Document(long app, long chat, long number, String body) {}
}

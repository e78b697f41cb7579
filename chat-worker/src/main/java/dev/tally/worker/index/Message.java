package dev.tally.worker.index;

import dev.tally.worker.tracing.WriteSpans;
import java.time.Instant;

/** A persisted message, as far as search is concerned. */
public record Message(long appId, long chat, long number, String body, Instant createdAt) {

  /** What identifies it in every index. */
  public String documentId() {
    return appId + ":" + chat + ":" + number;
  }

  /** Keeps an app's messages in one shard. */
  String routing() {
    return Long.toString(appId);
  }

  /** What its trace is found by. */
  public WriteSpans.Written written() {
    return new WriteSpans.Written(chat, number, createdAt);
  }

  /** What is indexed. */
  Document document() {
    return new Document(appId, chat, number, body);
  }

  /** A document of the index; its fields are those of {@code search/index.json}. */
  record Document(long app, long chat, long number, String body) {}
}

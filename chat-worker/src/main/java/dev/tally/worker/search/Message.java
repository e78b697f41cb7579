package dev.tally.worker.search;

import dev.tally.worker.tracing.WriteSpans;
import java.time.Instant;

/** A persisted message, as far as search is concerned. */
record Message(long applicationId, long chat, long number, String body, Instant createdAt) {

  /** What identifies it in every index. */
  String documentId() {
    return applicationId + ":" + chat + ":" + number;
  }

  /** Keeps an app's messages in one shard. */
  String routing() {
    return Long.toString(applicationId);
  }

  /** What its trace is found by. */
  WriteSpans.Written written() {
    return new WriteSpans.Written(chat, number, createdAt);
  }

  /** What is indexed. */
  Document document() {
    return new Document(applicationId, chat, number, body);
  }

  /** A document of the index; its fields are those of {@code search/index.json}. */
  record Document(long app, long chat, long number, String body) {}
}

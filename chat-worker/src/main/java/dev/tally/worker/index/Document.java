package dev.tally.worker.index;

import dev.tally.common.identity.MessageKey;
import dev.tally.common.search.AppDigest;

/**
 * The document of a message. Its fields are those of {@code search/index.json}.
 *
 * <p>Its version in Elasticsearch is the message's revision. A deleted message has a document, too:
 * Elasticsearch remembers the version of a deleted document for a minute only, and would take what
 * the message said again after that.
 *
 * @param digest the app's {@link AppDigest}
 * @param body empty if the message is deleted, so that no word finds it
 */
record Document(String digest, long chat, long number, String body) {

  static Document of(Message message) {
    MessageKey key = message.key();
    return new Document(
        AppDigest.of(message.app()).value(), key.chat().number(), key.number(), message.body());
  }

  /** The id of the document, the same in every index. */
  String id() {
    return digest + ":" + chat + ":" + number;
  }

  /** Keeps all documents of an app in one shard. */
  String routing() {
    return digest;
  }
}

package dev.tally.worker.index;

import dev.tally.common.identity.MessageKey;
import dev.tally.common.search.AppDigest;

/**
 * The name of a message's document, the same in every index, whatever its layout.
 *
 * @param digest the app's {@link AppDigest}
 */
record DocumentName(String digest, long chat, long number) {

  static DocumentName of(Message message) {
    MessageKey key = message.key();
    return new DocumentName(AppDigest.of(message.app()).value(), key.chat().number(), key.number());
  }

  /** The id of the document. */
  String id() {
    return digest + ":" + chat + ":" + number;
  }

  /** Keeps all documents of an app in one shard. */
  String routing() {
    return digest;
  }
}

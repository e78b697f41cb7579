package dev.tally.worker.index;

import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;

/** The document of a message. Its fields are those of {@code search/index.json}. */
record Document(long app, long chat, long number, String body) {

  static Document of(Message message) {
    MessageKey key = message.key();
    return new Document(key.chat().appId(), key.chat().number(), key.number(), message.body());
  }

  /** The id of a message's document, the same in every index. */
  static String id(MessageKey key) {
    return key.chat().appId() + ":" + key.chat().number() + ":" + key.number();
  }

  /** Keeps all documents of an app in one shard. */
  static String routing(ChatKey chat) {
    return Long.toString(chat.appId());
  }
}

package dev.tally.common.accept.counter;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;

/** The owner of a counter: an app numbers its chats, and a chat numbers its messages. */
public sealed interface Parent {

  /** The app that the write belongs to. */
  AppToken app();

  /**
   * The name of its counter.
   *
   * @param keys those of the app's partition
   */
  String counter(PartitionKeys keys);

  /** An app as the parent of chats. */
  record App(AppToken app) implements Parent {

    @Override
    public String counter(PartitionKeys keys) {
      return keys.chats(app);
    }
  }

  /** A chat as the parent of messages. */
  record Chat(ChatName name) implements Parent {

    @Override
    public AppToken app() {
      return name.app();
    }

    @Override
    public String counter(PartitionKeys keys) {
      return keys.messages(name);
    }
  }
}

package dev.tally.gateway.accept;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;

/** The owner of a counter: an app numbers its chats, and a chat numbers its messages. */
public sealed interface Parent {

  /** The app that the write belongs to. */
  AppToken app();

  /** An app as the parent of chats. */
  record App(AppToken app) implements Parent {}

  /** A chat as the parent of messages. */
  record Chat(ChatName name) implements Parent {

    @Override
    public AppToken app() {
      return name.app();
    }
  }
}

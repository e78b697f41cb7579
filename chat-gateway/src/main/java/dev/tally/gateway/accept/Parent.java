package dev.tally.gateway.accept;

/** What a write adds to, and what numbers it: an app numbers its chats, a chat its messages. */
public sealed interface Parent {

  /** Token of the app that the write belongs to. */
  String app();

  /**
   * An app, as parent of chats.
   *
   * @param app the app's token
   */
  record App(String app) implements Parent {}

  /**
   * A chat, as parent of messages.
   *
   * @param app the app's token
   * @param number the chat's number in it
   */
  record Chat(String app, long number) implements Parent {}
}

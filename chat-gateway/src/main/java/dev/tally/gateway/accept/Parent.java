package dev.tally.gateway.accept;

/** The owner of a counter: an app numbers its chats, and a chat numbers its messages. */
public sealed interface Parent {

  /** The token of the app that the write belongs to. */
  String app();

  /**
   * An app as the parent of chats.
   *
   * @param app the app's token
   */
  record App(String app) implements Parent {}

  /**
   * A chat as the parent of messages.
   *
   * @param app the app's token
   * @param number the chat's number in the app
   */
  record Chat(String app, long number) implements Parent {}
}

package dev.tally.gateway;

/** Chats whose messages the tests change. */
abstract class ChangesFixture extends SharedGateway {

  /** A new chat with two messages. */
  static ChangedChat chat() {
    return ChangedChat.in(fixture, gateway);
  }
}

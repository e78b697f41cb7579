package dev.tally.system.faults;

/** What numbers something: an app its chats, a chat its messages. */
sealed interface Parent {

  /** Token of the app. */
  String app();

  /** An app, as parent of chats. */
  record App(String app) implements Parent {
    @Override
    public String toString() {
      return "app " + app;
    }
  }

  /** A chat, as parent of messages. */
  record Chat(String app, long number) implements Parent {
    @Override
    public String toString() {
      return "app %s chat %d".formatted(app, number);
    }
  }
}

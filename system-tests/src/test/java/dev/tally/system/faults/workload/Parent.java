package dev.tally.system.faults.workload;

/**
 * The parent of numbered things: an app numbers its chats, a chat its messages and, by a number of
 * its own, the changes of them.
 */
public sealed interface Parent {

  /** The token of the app. */
  public String app();

  /** An app, as parent of chats. */
  public record App(String app) implements Parent {
    @Override
    public String toString() {
      return "app " + app;
    }
  }

  /** A chat, as parent of messages. */
  public record Chat(String app, long number) implements Parent {
    @Override
    public String toString() {
      return "app %s chat %d".formatted(app, number);
    }

    /** The same chat, as parent of changes. */
    public Changes changes() {
      return new Changes(app, number);
    }
  }

  /** A chat, as parent of changes. */
  public record Changes(String app, long number) implements Parent {

    /** The same chat, as parent of messages. */
    public Chat chat() {
      return new Chat(app, number);
    }

    @Override
    public String toString() {
      return "changes of app %s chat %d".formatted(app, number);
    }
  }
}

package dev.tally.common.accept.counter;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.identity.Numbers;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;

/**
 * The owner of a counter: an app numbers its chats, and a chat numbers its messages and, apart from
 * them, the changes of its messages and of itself. An app also takes jobs that have no numbers.
 */
public sealed interface Parent {

  /** The app that the write belongs to. */
  AppToken app();

  /**
   * The name of its counter.
   *
   * @param keys those of the app's partition
   */
  String counter(PartitionKeys keys);

  /** What an operator calls it, with the whole token of the app; not for logs. */
  String name();

  /** An app as the parent of chats. */
  record App(AppToken app) implements Parent {

    @Override
    public String counter(PartitionKeys keys) {
      return keys.chats(app);
    }

    @Override
    public String name() {
      return "app " + app.value();
    }
  }

  /** A chat as the parent of messages. */
  record Chat(ChatName chat) implements Parent {

    @Override
    public AppToken app() {
      return chat.app();
    }

    @Override
    public String counter(PartitionKeys keys) {
      return keys.messages(chat);
    }

    @Override
    public String name() {
      return "app %s chat %d".formatted(chat.app().value(), chat.number());
    }
  }

  /** A chat as the parent of changes. */
  record Changes(ChatName chat) implements Parent {

    @Override
    public AppToken app() {
      return chat.app();
    }

    @Override
    public String counter(PartitionKeys keys) {
      return keys.messages(chat);
    }

    @Override
    public String name() {
      return new Chat(chat).name();
    }
  }

  /** An app as the parent of jobs without numbers. */
  record Unnumbered(AppToken app) implements Parent {

    @Override
    public String counter(PartitionKeys keys) {
      return keys.chats(app);
    }

    @Override
    public String name() {
      return new App(app).name();
    }
  }

  /** The parent of the row that a job adds. */
  static Parent of(Job job) {
    return switch (job) {
      case Job.NewChat added -> new App(added.app());
      case Job.NewMessage added -> new Chat(added.message().chat());
      case Job.Change change -> new Changes(change.chat());
      case Job.ErasedAuthor erased -> new Unnumbered(erased.app());
    };
  }

  /** The number of the row that a job adds; 0 if the row has none. */
  static long number(Job job) {
    return switch (job) {
      case Job.NewChat added -> added.chat().number();
      case Job.NewMessage added -> added.message().number();
      case Job.Change change -> change.number();
      case Job.ErasedAuthor _ -> Numbers.NONE;
    };
  }

  /** What has these numbers, such as "messages 3 to 5". */
  default String children(NumberRange numbers) {
    String child =
        switch (this) {
          case App _ -> "chat";
          case Chat _ -> "message";
          case Changes _ -> "change";
          case Unnumbered _ -> "job";
        };
    return numbers.size() == 1
        ? "%s %d".formatted(child, numbers.first())
        : "%ss %d to %d".formatted(child, numbers.first(), numbers.last());
  }
}

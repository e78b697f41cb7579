package dev.tally.worker.numbers;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.Job;

/** What children are numbered in: the chats of an app, or the messages of a chat. */
public sealed interface Parent {

  /** The app itself, or the chat's. */
  AppToken app();

  /** The name of the counter that gives out the numbers. */
  String counter(PartitionKeys keys);

  /** An app, whose children are chats. */
  record App(AppToken app) implements Parent {
    @Override
    public String counter(PartitionKeys keys) {
      return keys.chats(app);
    }

    /** With the whole token, because operators look the app up by it. */
    @Override
    public String toString() {
      return "app " + app.value();
    }
  }

  /** A chat, whose children are messages. */
  record Chat(ChatName name) implements Parent {
    @Override
    public AppToken app() {
      return name.app();
    }

    @Override
    public String counter(PartitionKeys keys) {
      return keys.messages(name);
    }

    /** With the whole token, because operators look the chat up by it. */
    @Override
    public String toString() {
      return "app %s chat %d".formatted(name.app().value(), name.number());
    }
  }

  /** The parent of the row that a job adds. */
  static Parent of(Job job) {
    return switch (job) {
      case Job.NewChat chat -> new App(chat.app());
      case Job.NewMessage message -> new Chat(message.message().chat());
    };
  }

  /** The number of the row that a job adds. */
  static long number(Job job) {
    return switch (job) {
      case Job.NewChat chat -> chat.chat().number();
      case Job.NewMessage message -> message.message().number();
    };
  }

  /** What has these numbers, such as "messages 3 to 5". */
  default String children(NumberRange numbers) {
    String child =
        switch (this) {
          case App _ -> "chat";
          case Chat _ -> "message";
        };
    return numbers.size() == 1
        ? "%s %d".formatted(child, numbers.first())
        : "%ss %d to %d".formatted(child, numbers.first(), numbers.last());
  }
}

package dev.tally.worker.drain;

import dev.tally.common.identity.ChatName;
import java.util.Comparator;

/** The key of a message or of a change; that of a chat has number 0. */
record RowKey(String app, long chat, long number) implements Comparable<RowKey> {

  private static final Comparator<RowKey> ORDER =
      Comparator.comparing(RowKey::app)
          .thenComparingLong(RowKey::chat)
          .thenComparingLong(RowKey::number);

  static RowKey of(ChatName chat, long number) {
    return new RowKey(chat.app().value(), chat.number(), number);
  }

  RowKey chatKey() {
    return new RowKey(app, chat, 0);
  }

  RowKey plus(int more) {
    return new RowKey(app, chat, number + more);
  }

  @Override
  public int compareTo(RowKey other) {
    return ORDER.compare(this, other);
  }
}

package dev.tally.common.identity;

import java.util.Comparator;

/**
 * The primary key of a message's row. Keys order as the rows lie in MySQL. They never leave the
 * system.
 *
 * @param number the message's number in its chat, from 1
 */
public record MessageKey(ChatKey chat, long number) implements Comparable<MessageKey> {

  private static final Comparator<MessageKey> ORDER =
      Comparator.comparing(MessageKey::chat).thenComparingLong(MessageKey::number);

  @Override
  public int compareTo(MessageKey other) {
    return ORDER.compare(this, other);
  }
}

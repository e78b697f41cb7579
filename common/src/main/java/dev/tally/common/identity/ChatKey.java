package dev.tally.common.identity;

import java.util.Comparator;

/**
 * The primary key of a chat's row. Keys order as the rows are locked. They never leave the system.
 *
 * @param appId the id of the app's row
 * @param number the chat's number in its app, from 1
 */
public record ChatKey(long appId, long number) implements Comparable<ChatKey> {

  private static final Comparator<ChatKey> ORDER =
      Comparator.comparingLong(ChatKey::appId).thenComparingLong(ChatKey::number);

  @Override
  public int compareTo(ChatKey other) {
    return ORDER.compare(this, other);
  }
}

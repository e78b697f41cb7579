package dev.tally.worker.drain;

import java.util.Comparator;

/** A chat's primary key. Rows are locked in its order. */
record ChatKey(long appId, long number) implements Comparable<ChatKey> {

  private static final Comparator<ChatKey> ORDER =
      Comparator.comparingLong(ChatKey::appId).thenComparingLong(ChatKey::number);

  @Override
  public int compareTo(ChatKey other) {
    return ORDER.compare(this, other);
  }
}

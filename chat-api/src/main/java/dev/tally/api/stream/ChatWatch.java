package dev.tally.api.stream;

import dev.tally.api.chat.Chats;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the open streams of one chat share: how far the chat is said to have come, and a lock that
 * has one of them read at a time.
 */
final class ChatWatch {

  private final Chats.Place chat;
  private final Lock reading = new ReentrantLock();
  private final Lock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile long highest;
  private volatile long hintedAt = System.nanoTime();
  private volatile boolean ended;

  ChatWatch(Chats.Place chat) {
    this.chat = chat;
  }

  Chats.Place chat() {
    return chat;
  }

  Lock reading() {
    return reading;
  }

  /** The highest number that is said to be there. */
  long highest() {
    return highest;
  }

  /** Whether the last hint about the chat, or its first stream, is longer ago than this. */
  boolean isSilentFor(Duration time) {
    return System.nanoTime() - hintedAt > time.toNanos();
  }

  /** Takes a hint, as {@link #raise} does. */
  boolean hint(long number) {
    hintedAt = System.nanoTime();
    return raise(number);
  }

  /**
   * Wakes the streams that have not come as far.
   *
   * @return whether this is news
   */
  boolean raise(long number) {
    lock.lock();
    try {
      if (number <= highest) {
        return false;
      }
      highest = number;
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes back what was said, because it cannot be read, unless something else has been said
   * meanwhile. The next poll finds what there is.
   */
  void retract(long said, long position) {
    lock.lock();
    try {
      if (highest == said) {
        highest = position;
        hintedAt = System.nanoTime() - Duration.ofDays(1).toNanos();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is something behind a position, or the streams are to end.
   *
   * @return false if nothing of that has happened for so long
   */
  boolean await(long position, Duration longest) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = longest.toNanos();
      while (highest <= position && !ended) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for this long, or until the streams are to end. */
  void pause(Duration time) throws InterruptedException {
    await(Long.MAX_VALUE, time);
  }

  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isEnded() {
    return ended;
  }
}

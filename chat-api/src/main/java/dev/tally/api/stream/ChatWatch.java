package dev.tally.api.stream;

import dev.tally.api.chat.Chats;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The state that all open streams of one chat share: the highest number that was announced, and a
 * lock that lets one of the streams read at a time. A stream that has sent all messages waits here
 * for the next announcement.
 *
 * <p>No wake-up is lost: a stream compares its position with the highest number and begins to wait
 * under the lock that every announcement takes.
 */
final class ChatWatch {

  /** Longer than any interval at which silent chats are polled. */
  private static final Duration LONG_SILENCE = Duration.ofDays(1);

  private final Chats.Place chat;
  private final LongSupplier nanoTime;
  private final Lock reading = new ReentrantLock();

  /** Guards every change of the fields below. They are volatile for reads without it. */
  private final Lock lock = new ReentrantLock();

  private final Condition changed = lock.newCondition();
  private volatile long highest;
  private volatile long hintedAt;
  private volatile boolean ended;
  private volatile boolean deleted;

  ChatWatch(Chats.Place chat) {
    this(chat, System::nanoTime);
  }

  ChatWatch(Chats.Place chat, LongSupplier nanoTime) {
    this.chat = chat;
    this.nanoTime = nanoTime;
    this.hintedAt = nanoTime.getAsLong();
  }

  Chats.Place chat() {
    return chat;
  }

  /** The lock that a stream holds while it reads, so that the others can use what it read. */
  Lock reading() {
    return reading;
  }

  /** The highest number that was announced, which is not proof that the message can be read. */
  long highest() {
    return highest;
  }

  /** Whether neither a hint nor the first stream has come for longer than this. */
  boolean isSilentFor(Duration time) {
    return nanoTime.getAsLong() - hintedAt > time.toNanos();
  }

  /** Raises the highest number, as {@link #raise} does, and ends the chat's silence. */
  boolean hint(long number) {
    hintedAt = nanoTime.getAsLong();
    return raise(number);
  }

  /**
   * Raises the highest number, and wakes the streams that wait.
   *
   * @return false if the number is not higher than the highest one, which then stays
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
   * Takes an announcement back because its messages cannot be read, and has the next poll ask for
   * the chat. Does nothing if a newer announcement has come.
   *
   * @param announced the highest number at the time of the read
   * @param position the highest number that could be read
   */
  void retract(long announced, long position) {
    lock.lock();
    try {
      if (highest == announced) {
        hintedAt = nanoTime.getAsLong() - LONG_SILENCE.toNanos();
        highest = position;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the highest number comes after a position, or the streams must end.
   *
   * @return false if neither has happened within this time
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

  /** Waits for this time, or until the streams must end. Announcements do not shorten it. */
  void pause(Duration time) throws InterruptedException {
    await(Long.MAX_VALUE, time);
  }

  /** Ends all streams of the chat. */
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

  /** Ends all streams of the chat, because it is deleted with its app. */
  void endAsDeleted() {
    deleted = true;
    end();
  }

  boolean isDeleted() {
    return deleted;
  }
}

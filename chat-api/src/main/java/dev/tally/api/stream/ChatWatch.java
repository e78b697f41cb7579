package dev.tally.api.stream;

import dev.tally.api.chat.Chats;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The state that all open streams of one chat share: the highest numbers that were announced, of
 * messages and of changes, and a lock that lets one of the streams read at a time. A stream that
 * has sent everything waits here for the next announcement.
 *
 * <p>No wake-up is lost: a stream compares its position with the highest numbers and begins to wait
 * under the lock that every announcement takes.
 *
 * <p>Streams without changes cost what they would if there were none: changes neither wake them nor
 * are asked for while no stream of the chat wants them.
 */
final class ChatWatch {

  /** Longer than any interval at which silent chats are polled. */
  private static final Duration LONG_SILENCE = Duration.ofDays(1);

  private final Chats.Place chat;
  private final LongSupplier nanoTime;
  private final Lock reading = new ReentrantLock();

  /** How many streams want changes. */
  private final AtomicInteger followers = new AtomicInteger();

  /** Guards every change of the fields below. They are volatile for reads without it. */
  private final Lock lock = new ReentrantLock();

  /** Wakes the streams that wait for messages only. */
  private final Condition messageCame = lock.newCondition();

  /** Wakes the streams that wait for messages and changes. */
  private final Condition anythingCame = lock.newCondition();

  private volatile long highest;
  private volatile long highestChange;
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

  /** What was announced, which is not proof that it can be read. */
  record Announced(long message, long change) {

    /** Whether a stream at this position lacks some of it. */
    boolean isAfter(Position position) {
      return position.isBeforeMessage(message) || position.isBeforeChange(change);
    }
  }

  Announced announced() {
    return new Announced(highest, highestChange);
  }

  /** The highest number of a message that was announced. */
  long highest() {
    return highest;
  }

  /** A stream of the chat wants changes, until it calls {@link #unfollow}. */
  void follow() {
    followers.incrementAndGet();
  }

  void unfollow() {
    followers.decrementAndGet();
  }

  /** Whether a stream wants changes. */
  boolean isFollowed() {
    return followers.get() > 0;
  }

  /**
   * Whether neither a hint of messages nor the first stream has come for longer than this. Hints of
   * changes do not count: streams without changes would not learn of messages whose hints were
   * lost.
   */
  boolean isSilentFor(Duration time) {
    return nanoTime.getAsLong() - hintedAt > time.toNanos();
  }

  /**
   * Raises the highest number of a message, as {@link #raise} does, and ends the chat's silence.
   */
  boolean hint(long number) {
    hintedAt = nanoTime.getAsLong();
    return raise(number);
  }

  /**
   * Raises the highest number of a message, and wakes the streams that wait.
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
      messageCame.signalAll();
      anythingCame.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Raises the highest number of a change, and wakes the streams that wait for changes.
   *
   * @return false if no stream wants changes, or the number is not higher than the highest one,
   *     which then stays
   */
  boolean raiseChange(long number) {
    lock.lock();
    try {
      if (!isFollowed() || number <= highestChange) {
        return false;
      }
      highestChange = number;
      anythingCame.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes back what was announced and cannot be read, and has the next poll ask for the chat. What
   * was announced since then stays.
   *
   * @param announced what was announced at the time of the read
   * @param position how far one could read
   */
  void retract(Announced announced, Position position) {
    lock.lock();
    try {
      if (position.isBeforeMessage(announced.message()) && highest == announced.message()) {
        highest = position.message();
        endPatience();
      }
      Long change = position.change();
      if (change != null
          && position.isBeforeChange(announced.change())
          && highestChange == announced.change()) {
        highestChange = change;
        endPatience();
      }
    } finally {
      lock.unlock();
    }
  }

  private void endPatience() {
    hintedAt = nanoTime.getAsLong() - LONG_SILENCE.toNanos();
  }

  /**
   * Waits until something is announced that comes after a position, or the streams must end.
   *
   * @return false if neither has happened within this time
   */
  boolean await(Position position, Duration longest) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      Condition came = position.hasChanges() ? anythingCame : messageCame;
      long left = longest.toNanos();
      while (!announced().isAfter(position) && !ended) {
        if (left <= 0) {
          return false;
        }
        left = came.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for this time, or until the streams must end. Announcements do not shorten it. */
  void pause(Duration time) throws InterruptedException {
    await(Position.of(Long.MAX_VALUE), time);
  }

  /** Ends all streams of the chat. */
  void end() {
    lock.lock();
    try {
      ended = true;
      messageCame.signalAll();
      anythingCame.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isEnded() {
    return ended;
  }

  /** Ends all streams of the chat, because it or its app is deleted. */
  void endAsDeleted() {
    deleted = true;
    end();
  }

  boolean isDeleted() {
    return deleted;
  }
}

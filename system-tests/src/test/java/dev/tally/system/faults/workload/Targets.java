package dev.tally.system.faults.workload;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The messages that clients know and may change. Some are changed again and again, by several
 * clients at a time, so that changes meet.
 */
final class Targets {

  /** Messages that were changed lately. */
  private static final int CHANGED = 24;

  /** The latest messages of a chat, which may not be persisted yet. */
  private static final int LATEST = 5;

  private final Map<Parent.Chat, Long> highest = new ConcurrentHashMap<>();
  private final List<Target> changed = new ArrayList<>();
  private int oldest;

  /**
   * A message.
   *
   * @param revision the number of a change of it that was answered; 0 if none is known
   */
  record Target(Parent.Chat chat, long number, long revision) {}

  /** A client was answered that this number was given to a message. */
  void answered(Parent.Chat chat, long number) {
    highest.merge(chat, number, Math::max);
  }

  /** A client was answered that a change of a message has its number. */
  synchronized void changed(Target target) {
    if (changed.size() < CHANGED) {
      changed.add(target);
    } else {
      changed.set(oldest, target);
      oldest = (oldest + 1) % CHANGED;
    }
  }

  /**
   * A message to change: one that was changed lately, one of this chat, or now and then a number
   * that no client knows yet. Null if there is none.
   */
  @Nullable Target next(Parent.Chat chat, Random random) {
    int choice = random.nextInt(20);
    if (choice < 8) {
      Target again = again(random);
      if (again != null) {
        return again;
      }
    }
    Long last = highest.get(chat);
    if (last == null) {
      return null;
    }
    long number =
        switch (choice) {
          case 16, 17, 18 -> 1 + random.nextLong(last);
          case 19 -> last + 1 + random.nextInt(2);
          default -> Math.max(1, last - random.nextInt(LATEST));
        };
    return new Target(chat, number, 0);
  }

  private synchronized @Nullable Target again(Random random) {
    return changed.isEmpty() ? null : changed.get(random.nextInt(changed.size()));
  }
}

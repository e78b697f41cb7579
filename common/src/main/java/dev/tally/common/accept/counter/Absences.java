package dev.tally.common.accept.counter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a second which parents MySQL does not have, or has as deleted. It spares MySQL a
 * client that keeps writing to such a parent.
 */
final class Absences {

  static final Duration LIFE = Duration.ofSeconds(1);
  static final int MAX = 10_000;

  private final Cache<Parent, PersistedNumbers.Absent> cache;

  Absences(Ticker ticker) {
    cache = Caffeine.newBuilder().expireAfterWrite(LIFE).maximumSize(MAX).ticker(ticker).build();
  }

  void add(Parent parent, PersistedNumbers.Absent absent) {
    cache.put(parent, absent);
  }

  /** The part of the parent that MySQL did not have within the last second, else null. */
  PersistedNumbers.@Nullable Absent of(Parent parent) {
    return cache.getIfPresent(parent);
  }
}

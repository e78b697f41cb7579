package dev.tally.system.faults;

import java.time.Duration;

/**
 * A kind of fault. All kinds are healed in the same way.
 *
 * @param kind its name in reports
 * @param shortest its minimum length
 * @param longest its maximum length
 */
record Fault(String kind, Duration shortest, Duration longest, Strike strike) {

  @FunctionalInterface
  interface Strike {
    /** Breaks something, and returns its description. */
    String now() throws InterruptedException;
  }

  /** A fault that lasts for so many milliseconds. */
  static Fault of(String kind, long shortest, long longest, Strike strike) {
    return new Fault(kind, Duration.ofMillis(shortest), Duration.ofMillis(longest), strike);
  }
}

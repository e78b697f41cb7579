package dev.tally.worker.drain.change;

import java.util.Locale;

/** What became of a change. */
public enum Effect {
  /** The message says what the change wanted, or is deleted. */
  APPLIED,
  /** The message was deleted or lost, or a later change had been applied. */
  NONE,
  /** The message had another revision than the client expected. */
  CONFLICT,
  /** The message has no row yet. */
  PENDING;

  /** Its name in MySQL and in answers. */
  public String slug() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package dev.tally.worker.command;

import org.jspecify.annotations.Nullable;

/** Fields that picocli sets before it runs a command. */
final class Arguments {

  private Arguments() {}

  static <T> T given(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("picocli has not set a field");
    }
    return value;
  }
}

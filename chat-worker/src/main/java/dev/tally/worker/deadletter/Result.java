package dev.tally.worker.deadletter;

import java.util.function.Consumer;

/**
 * What a command did with the selected dead letters.
 *
 * @param removed how many are gone, as the operator wanted
 * @param kept how many are still there; the output says why
 */
public record Result(long removed, long kept) {

  /** Counts what a command does, and tells it. */
  static final class Progress {

    private final Consumer<String> output;
    private long removed;
    private long kept;

    Progress(Consumer<String> output) {
      this.output = output;
    }

    void tell(String id, String what) {
      output.accept(id + "  " + what);
    }

    void removed() {
      removed++;
    }

    void kept(String id, String why) {
      kept++;
      tell(id, "kept: " + why);
    }

    Result result() {
      return new Result(removed, kept);
    }
  }
}

package dev.tally.local.faults;

/** A promise that was not kept. */
sealed interface Violation {

  /** What is wrong, in a sentence. */
  String sentence();

  /** Accepted, and not there. */
  record Lost(Parent parent, long number) implements Violation {
    @Override
    public String sentence() {
      return "%s: number %d was accepted and is lost".formatted(parent, number);
    }
  }
}

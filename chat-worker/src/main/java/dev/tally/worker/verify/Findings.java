package dev.tally.worker.verify;

import java.util.ArrayList;
import java.util.List;

/** Counts all findings, and keeps the text of the first ones. */
final class Findings {

  static final int SHOWN = 100;

  private final List<String> shown = new ArrayList<>();
  private long count;

  void add(String finding) {
    count++;
    if (shown.size() < SHOWN) {
      shown.add(finding);
    }
  }

  long count() {
    return count;
  }

  List<String> shown() {
    return List.copyOf(shown);
  }
}

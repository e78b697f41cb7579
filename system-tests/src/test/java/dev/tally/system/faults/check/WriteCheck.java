package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares the rows of one parent with the writes to it. */
final class WriteCheck {

  private final Parent parent;
  private final List<Write> writes;
  private final List<State.Message> rows;
  private final Map<String, Write> writers;
  private final List<Violation> violations;

  /** Numbers that have a violation already. */
  private final Set<Long> wrong = new HashSet<>();

  /** Persisted writes, by their first number. */
  private final TreeMap<Long, Write> placed = new TreeMap<>();

  /** The body of each number, according to the accepted writes. */
  private final Map<Long, String> accepted = new HashMap<>();

  /**
   * @param rows in number order
   * @param writers the write of each body, to any parent
   */
  WriteCheck(
      Parent parent,
      List<Write> writes,
      List<State.Message> rows,
      Map<String, Write> writers,
      List<Violation> violations) {
    this.parent = parent;
    this.writes = writes;
    this.rows = rows;
    this.writers = writers;
    this.violations = violations;
  }

  /**
   * Adds its findings to the violations.
   *
   * @return the numbers that have a violation
   */
  Set<Long> check() {
    placeAccepted();
    List<State.Message> others = new ArrayList<>();
    Set<Long> there = new HashSet<>();
    for (State.Message row : rows) {
      there.add(row.number());
      String body = accepted.get(row.number());
      if (body == null) {
        others.add(row);
      } else if (!body.equals(row.body()) && !wrong.contains(row.number())) {
        Write writer = writers.get(row.body());
        report(
            row.number(),
            writer == null || writer.parent().equals(parent)
                ? new Violation.BodyDiffers(parent, row.number(), body, row.body())
                : new Violation.Foreign(parent, row.number(), writer.parent()));
      }
    }
    accepted.keySet().stream()
        .filter(number -> !there.contains(number))
        .sorted()
        .forEach(number -> report(number, new Violation.Lost(parent, number)));
    placeOthers(others);
    checkGaps();
    checkOrder();
    return wrong;
  }

  private void report(long number, Violation violation) {
    wrong.add(number);
    violations.add(violation);
  }

  private void placeAccepted() {
    for (Write write : writes) {
      Outcome.Accepted numbers = write.numbers();
      if (numbers == null) {
        continue;
      }
      placed.put(numbers.first(), write);
      for (int i = 0; i < write.bodies().size(); i++) {
        long number = numbers.first() + i;
        if (accepted.putIfAbsent(number, write.bodies().get(i)) != null) {
          report(number, new Violation.GivenTwice(parent, number));
        }
      }
    }
  }

  /** Assigns rows without an accepted write to the writes of unknown outcome. */
  private void placeOthers(List<State.Message> others) {
    Map<String, Deque<Write>> unknown = new HashMap<>();
    writes.stream()
        .filter(write -> write.fate() == Write.Fate.UNKNOWN)
        // Tries the longest first, because a shorter write could match the beginning of a batch.
        .sorted(Comparator.comparingInt((Write write) -> write.bodies().size()).reversed())
        .forEach(
            write ->
                unknown
                    .computeIfAbsent(write.bodies().getFirst(), _ -> new ArrayDeque<>())
                    .add(write));
    int next = 0;
    while (next < others.size()) {
      State.Message row = others.get(next);
      Deque<Write> candidates = unknown.getOrDefault(row.body(), new ArrayDeque<>());
      Write write = match(candidates, others, next);
      if (write != null) {
        candidates.remove(write);
        if (parent instanceof Parent.Chat) {
          placed.put(row.number(), write);
        }
        next += write.bodies().size();
      } else {
        report(row.number(), unasked(row));
        next++;
      }
    }
  }

  private static @Nullable Write match(
      Deque<Write> candidates, List<State.Message> rows, int position) {
    for (Write write : candidates) {
      int size = write.bodies().size();
      if (position + size > rows.size()) {
        continue;
      }
      boolean same = true;
      for (int i = 0; i < size && same; i++) {
        State.Message row = rows.get(position + i);
        same =
            row.number() == rows.get(position).number() + i
                && row.body().equals(write.bodies().get(i));
      }
      if (same) {
        return write;
      }
    }
    return null;
  }

  private Violation unasked(State.Message row) {
    Write writer = writers.get(row.body());
    if (writer == null) {
      return new Violation.Invented(parent, row.number());
    }
    if (!writer.parent().equals(parent)) {
      return new Violation.Foreign(parent, row.number(), writer.parent());
    }
    return switch (writer.fate()) {
      case REFUSED -> new Violation.Invented(parent, row.number());
      case ACCEPTED -> new Violation.Doubled(parent, row.number());
      case UNKNOWN ->
          placed.containsValue(writer)
              ? new Violation.Doubled(parent, row.number())
              : new Violation.Torn(parent, row.number());
    };
  }

  private void checkGaps() {
    long expected = 1;
    for (State.Message row : rows) {
      long first = expected;
      while (first < row.number() && wrong.contains(first)) {
        first++;
      }
      long last = row.number() - 1;
      while (last >= first && wrong.contains(last)) {
        last--;
      }
      if (first <= last) {
        violations.add(new Violation.Gap(parent, first, last));
      }
      expected = row.number() + 1;
    }
  }

  /**
   * Compares each write with the earliest end of all writes with higher numbers, from the highest
   * number down.
   */
  private void checkOrder() {
    long endedFirst = Long.MAX_VALUE;
    long numberOfThat = 0;
    for (Map.Entry<Long, Write> entry : placed.descendingMap().entrySet()) {
      Write write = entry.getValue();
      if (endedFirst < write.startNanos()) {
        violations.add(new Violation.Reordered(parent, entry.getKey(), numberOfThat));
      }
      if (write.endNanos() < endedFirst) {
        endedFirst = write.endNanos();
        numberOfThat = entry.getKey();
      }
    }
  }
}

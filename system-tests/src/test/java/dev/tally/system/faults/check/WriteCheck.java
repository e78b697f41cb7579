package dev.tally.system.faults.check;

import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares the rows of one parent with the writes to it, by what they were created with. */
final class WriteCheck {

  private final Parent parent;
  private final List<Write> writes;
  private final List<State.Message> rows;
  private final Map<String, Write> writers;
  private final Losses losses;
  private final List<Violation> violations;

  /** Numbers that have a violation already. */
  private final Set<Long> wrong = new HashSet<>();

  /** Persisted writes, by their first number. */
  private final TreeMap<Long, Write> placed = new TreeMap<>();

  private final Set<Write> isPlaced = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Who was given each number, according to the accepted writes. */
  private final Map<Long, List<Given>> given = new HashMap<>();

  /**
   * A number that an accepted write was given.
   *
   * @param mayBeLost whether a server may have lost it; then another write may have been given it
   */
  private record Given(Write write, String body, boolean mayBeLost) {}

  /**
   * @param rows in number order
   * @param writers the write of each body, to any parent
   */
  WriteCheck(
      Parent parent,
      List<Write> writes,
      List<State.Message> rows,
      Map<String, Write> writers,
      Losses losses,
      List<Violation> violations) {
    this.parent = parent;
    this.writes = writes;
    this.rows = rows;
    this.writers = writers;
    this.losses = losses;
    this.violations = violations;
  }

  /**
   * Adds its findings to the violations.
   *
   * @return the numbers that have a violation
   */
  Set<Long> check() {
    readGiven();
    List<State.Message> others = new ArrayList<>();
    Set<Long> there = new HashSet<>();
    for (State.Message row : rows) {
      there.add(row.number());
      List<Given> ofNumber = given.getOrDefault(row.number(), List.of());
      if (row.isVoid()) {
        checkVoid(row.number(), ofNumber);
      } else {
        Given writer = writerOf(row, ofNumber);
        if (writer != null) {
          place(row.number(), writer.write());
        } else if (ofNumber.stream().allMatch(Given::mayBeLost)) {
          others.add(row);
        } else {
          checkBody(row, ofNumber);
        }
      }
    }
    given.forEach(
        (number, ofNumber) -> {
          if (!there.contains(number) && !ofNumber.stream().allMatch(Given::mayBeLost)) {
            report(number, new Violation.Lost(parent, number));
          }
        });
    recordLosses();
    placeOthers(others);
    checkGaps();
    checkOrder();
    return wrong;
  }

  private void recordLosses() {
    Set<State.Message> there = new HashSet<>();
    rows.forEach(row -> there.add(row.asCreated()));
    given.forEach(
        (number, ofNumber) ->
            ofNumber.stream()
                .filter(Given::mayBeLost)
                .filter(one -> !there.contains(new State.Message(number, one.body())))
                .forEach(one -> losses.isLost(one.write(), number)));
  }

  private void report(long number, Violation violation) {
    wrong.add(number);
    violations.add(violation);
  }

  private void readGiven() {
    for (Write write : writes) {
      Outcome.Accepted numbers = write.numbers();
      if (numbers == null) {
        continue;
      }
      for (int i = 0; i < write.bodies().size(); i++) {
        long number = numbers.first() + i;
        given
            .computeIfAbsent(number, _ -> new ArrayList<>())
            .add(new Given(write, write.bodies().get(i), losses.mayBeLost(write, number)));
      }
    }
    given.forEach(
        (number, ofNumber) -> {
          if (ofNumber.stream().filter(one -> !one.mayBeLost()).count() > 1) {
            report(number, new Violation.GivenTwice(parent, number));
          }
        });
  }

  private void checkVoid(long number, List<Given> ofNumber) {
    if (!ofNumber.stream().allMatch(Given::mayBeLost)) {
      report(number, new Violation.Lost(parent, number));
    } else if (!losses.mayBeVoid(parent, number)) {
      report(number, new Violation.Voided(parent, number));
    }
  }

  /** The write that a row is of. One that cannot be lost takes precedence: chats have no body. */
  private static @Nullable Given writerOf(State.Message row, List<Given> ofNumber) {
    return ofNumber.stream()
        .filter(one -> one.body().equals(row.created()))
        .min(Comparator.comparing(Given::mayBeLost))
        .orElse(null);
  }

  private void checkBody(State.Message row, List<Given> ofNumber) {
    String expected =
        ofNumber.stream().filter(one -> !one.mayBeLost()).findFirst().orElseThrow().body();
    Write writer = writers.get(row.created());
    if (!wrong.contains(row.number())) {
      report(
          row.number(),
          writer == null || writer.parent().equals(parent)
              ? new Violation.BodyDiffers(parent, row.number(), expected, row.created())
              : new Violation.Foreign(parent, row.number(), writer.parent()));
    }
  }

  /** Places a write at the first of its numbers that has its row. */
  private void place(long number, Write write) {
    if (isPlaced.add(write)) {
      placed.put(number, write);
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
      Deque<Write> candidates = unknown.getOrDefault(row.created(), new ArrayDeque<>());
      Write write = match(candidates, others, next);
      if (write != null) {
        candidates.remove(write);
        if (!(parent instanceof Parent.App)) {
          placed.put(row.number(), write);
        }
        next += write.bodies().size();
      } else {
        if (!isExcused(row)) {
          report(row.number(), unasked(row));
        }
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
                && row.created().equals(write.bodies().get(i));
      }
      if (same) {
        return write;
      }
    }
    return null;
  }

  /** Whether a server that went back explains a row that no whole write of its own explains. */
  private boolean isExcused(State.Message row) {
    Write writer = writers.get(row.created());
    if (writer == null || !writer.parent().equals(parent)) {
      return false;
    }
    return switch (writer.fate()) {
      case REFUSED -> false;
      case ACCEPTED -> losses.mayStandTwice(writer);
      case UNKNOWN -> losses.mayBeTorn(writer);
    };
  }

  private Violation unasked(State.Message row) {
    Write writer = writers.get(row.created());
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

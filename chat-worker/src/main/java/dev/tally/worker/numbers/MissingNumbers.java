package dev.tally.worker.numbers;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.NumberRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Numbers that have not been found yet, by parent. Its size in memory is that of its ranges,
 * however many numbers they have. Not thread-safe.
 */
public final class MissingNumbers {

  /** The last number of each range, by its first one. */
  private final Map<Parent, NavigableMap<Long, Long>> ranges = new LinkedHashMap<>();

  private int count;

  /** No numbers. */
  public MissingNumbers() {}

  /** Adds numbers of which none is here yet. */
  public void add(Parent parent, NumberRange numbers) {
    ranges.computeIfAbsent(parent, _ -> new TreeMap<>()).put(numbers.first(), numbers.last());
    count++;
  }

  /** Removes a number, if it is here. */
  public void remove(Parent parent, long number) {
    NavigableMap<Long, Long> ofParent = ranges.get(parent);
    Map.@Nullable Entry<Long, Long> range = ofParent == null ? null : ofParent.floorEntry(number);
    if (ofParent == null || range == null || range.getValue() < number) {
      return;
    }
    long first = range.getKey();
    long last = range.getValue();
    ofParent.remove(first);
    count--;
    if (first < number) {
      add(parent, new NumberRange(first, number - 1));
    }
    if (number < last) {
      add(parent, new NumberRange(number + 1, last));
    }
    forgetIfEmpty(parent, ofParent);
  }

  /** Removes a parent's numbers above this one. */
  public void removeAbove(Parent parent, long highest) {
    NavigableMap<Long, Long> ofParent = ranges.get(parent);
    if (ofParent == null) {
      return;
    }
    NavigableMap<Long, Long> above = ofParent.tailMap(highest, false);
    count -= above.size();
    above.clear();
    Map.@Nullable Entry<Long, Long> last = ofParent.lastEntry();
    if (last != null && last.getValue() > highest) {
      ofParent.put(last.getKey(), highest);
    }
    forgetIfEmpty(parent, ofParent);
  }

  private void forgetIfEmpty(Parent parent, NavigableMap<Long, Long> ofParent) {
    if (ofParent.isEmpty()) {
      ranges.remove(parent);
    }
  }

  /** Removes all numbers. */
  public void clear() {
    ranges.clear();
    count = 0;
  }

  /** Whether no number is missing. */
  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** How many ranges of consecutive numbers there are. */
  public int count() {
    return count;
  }

  /** The parents that have numbers here, as they are now. */
  public List<Parent> parents() {
    return List.copyOf(ranges.keySet());
  }

  /** The apps of the parents. */
  public Set<AppToken> apps() {
    return ranges.keySet().stream().map(Parent::app).collect(Collectors.toSet());
  }

  /**
   * The numbers of a parent, without gaps: from the lowest one here to the highest one here.
   *
   * @throws java.util.NoSuchElementException if it has none
   */
  NumberRange span(Parent parent) {
    NavigableMap<Long, Long> ofParent = ranges.getOrDefault(parent, new TreeMap<>());
    return new NumberRange(ofParent.firstKey(), ofParent.lastEntry().getValue());
  }

  /** Passes each range to a consumer, those of a parent in order. */
  public void forEach(BiConsumer<Parent, NumberRange> consumer) {
    ranges.forEach(
        (parent, ofParent) ->
            ofParent.forEach(
                (first, last) -> consumer.accept(parent, new NumberRange(first, last))));
  }
}

package dev.tally.worker.indexer;

import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.NumberRange;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.outbox.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The part of an outbox row that one round indexes: all of its messages, or the first ones.
 *
 * @param numbers begin with the row's first number
 */
record Portion(SearchOutbox.Row row, NumberRange numbers) {

  private static final Duration SHORTEST_DELAY = Duration.ofMillis(500);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

  /** Takes rows in order until their messages reach a limit, and cuts the last row there. */
  static List<Portion> choose(List<SearchOutbox.Row> rows, int limit) {
    List<Portion> chosen = new ArrayList<>();
    long room = limit;
    for (SearchOutbox.Row row : rows) {
      if (room == 0) {
        break;
      }
      NumberRange all = row.range().numbers();
      NumberRange numbers =
          all.size() <= room ? all : new NumberRange(all.first(), all.first() + room - 1);
      chosen.add(new Portion(row, numbers));
      room -= numbers.size();
    }
    return chosen;
  }

  /** The messages to index. Some of them may be missing: a dead letter leaves a gap. */
  SearchOutbox.Range range() {
    return new SearchOutbox.Range(row.range().partition(), row.range().chat(), numbers);
  }

  /**
   * Settles the row after every index has answered. Each run of messages that an index did not take
   * is put off; what the limit cut off is due at once.
   */
  Settlement settle(Set<MessageKey> notTaken) {
    List<Settlement.Left> left = new ArrayList<>();
    for (NumberRange run : runs(notTaken)) {
      left.add(new Settlement.Left(run, row.attempts() + 1, delay(row.attempts())));
    }
    NumberRange all = row.range().numbers();
    if (numbers.last() < all.last()) {
      NumberRange rest = new NumberRange(numbers.last() + 1, all.last());
      left.add(new Settlement.Left(rest, row.attempts(), Duration.ZERO));
    }
    return new Settlement(row, left);
  }

  /** The runs of consecutive numbers of this portion that the set has. */
  private List<NumberRange> runs(Set<MessageKey> keys) {
    List<NumberRange> runs = new ArrayList<>();
    if (keys.isEmpty()) {
      return runs;
    }
    long first = 0;
    for (long number = numbers.first(); number <= numbers.last(); number++) {
      boolean isIn = keys.contains(new MessageKey(row.range().chat(), number));
      if (isIn && first == 0) {
        first = number;
      } else if (!isIn && first != 0) {
        runs.add(new NumberRange(first, number - 1));
        first = 0;
      }
    }
    if (first != 0) {
      runs.add(new NumberRange(first, numbers.last()));
    }
    return runs;
  }

  /** Doubles with each attempt up to the longest delay, and differs by up to a quarter. */
  private static Duration delay(int attempts) {
    long doubled = SHORTEST_DELAY.toMillis() << Math.min(attempts, 10);
    long millis = Math.min(LONGEST_DELAY.toMillis(), doubled);
    return Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis / 4));
  }
}

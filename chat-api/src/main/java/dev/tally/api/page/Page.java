package dev.tally.api.page;

import java.util.List;
import java.util.function.Function;

/**
 * A part of a list.
 *
 * @param items in the order asked for
 * @param hasNext whether the list goes on behind them
 */
public record Page<T>(List<T> items, boolean hasNext) {

  /** Makes a page of up to {@code limit} items of a query that asked for one more than that. */
  public static <T> Page<T> of(List<T> found, int limit) {
    return found.size() > limit
        ? new Page<>(List.copyOf(found.subList(0, limit)), true)
        : new Page<>(List.copyOf(found), false);
  }

  public <U> Page<U> map(Function<T, U> function) {
    return new Page<>(items.stream().map(function).toList(), hasNext);
  }
}

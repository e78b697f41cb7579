package dev.tally.api.page;

import java.util.List;
import java.util.function.Function;

/**
 * A part of a list.
 *
 * @param items the items, in the order of the request
 * @param hasNext whether more items follow
 */
public record Page<T>(List<T> items, boolean hasNext) {

  /** Makes a page from the result of a query that asked for {@code limit} items and one more. */
  public static <T> Page<T> of(List<T> found, int limit) {
    return found.size() > limit
        ? new Page<>(List.copyOf(found.subList(0, limit)), true)
        : new Page<>(List.copyOf(found), false);
  }

  public <U> Page<U> map(Function<T, U> function) {
    return new Page<>(items.stream().map(function).toList(), hasNext);
  }
}

package dev.tally.api.page;

import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Adds the rows of a page but the tombstones. MySQL would read past any number of tombstones for
 * one row, so the page ends after a number of rows, whatever they are. Its link leads on from the
 * last of them.
 */
final class WithoutTombstones<T> implements Predicate<T> {

  private final PageBody<T> body;
  private final Predicate<T> isTombstone;
  private final int most;
  private int rows;
  private @Nullable T last;

  /** A reader that looks at this many rows, at least one. */
  WithoutTombstones(PageBody<T> body, Predicate<T> isTombstone, int most) {
    this.body = body;
    this.isTombstone = isTombstone;
    this.most = most;
  }

  @Override
  public boolean test(T row) {
    if (rows == most) {
      body.continuesAfter(Objects.requireNonNull(last));
      return false;
    }
    rows++;
    last = row;
    return isTombstone.test(row) || body.add(row);
  }
}

package dev.tally.api.page;

import dev.tally.common.web.problem.ProblemException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Whether a list shows what somebody has deleted. */
public enum Tombstones {
  /** Deleted ones keep their places. */
  SHOWN,
  /** Deleted ones are left out. */
  OMITTED;

  /**
   * The most rows that a page looks at if it leaves tombstones out. With more, fewer pages lead
   * past a run of tombstones, and each of them costs MySQL more.
   */
  private static final int MOST_ROWS = 5_000;

  private static final String PARAMETER = "deleted";
  private static final String OMIT = "omit";

  /**
   * Reads the query parameter {@code deleted}.
   *
   * @param deleted {@code omit}; null shows them
   * @throws ProblemException 400 if it has another value
   */
  public static Tombstones of(@Nullable String deleted) {
    return switch (deleted) {
      case null -> SHOWN;
      case OMIT -> OMITTED;
      default ->
          throw ProblemException.malformed(
              "deleted must be omit; without it, the list shows what is deleted, too.");
    };
  }

  /** The maximum number of rows to read for a page: the last of them says that more follow. */
  public int probe(PageRequest page) {
    return this == OMITTED ? MOST_ROWS + 1 : page.probe();
  }

  /**
   * What takes the rows of a page, and ends their reading.
   *
   * @param isTombstone whether a row is a tombstone
   */
  public <T> Predicate<T> reader(PageBody<T> body, Predicate<T> isTombstone) {
    if (this == OMITTED) {
      return new WithoutTombstones<>(body, isTombstone, MOST_ROWS);
    }
    return body::add;
  }

  /** Has the next page do the same. */
  public PageQuery keptBy(PageQuery next) {
    return this == OMITTED ? next.with(PARAMETER, OMIT) : next;
  }
}

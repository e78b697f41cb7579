package dev.tally.api.page;

import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** Whether a list shows what somebody has deleted. */
public enum Tombstones {
  /** Deleted ones keep their places. */
  SHOWN,
  /** Deleted ones are left out. */
  OMITTED;

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

  /** Has the next page do the same. */
  public PageQuery keptBy(PageQuery next) {
    return this == OMITTED ? next.with(PARAMETER, OMIT) : next;
  }
}

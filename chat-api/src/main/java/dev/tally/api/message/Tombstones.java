package dev.tally.api.message;

import dev.tally.api.page.PageQuery;
import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** Whether a list shows the messages that somebody has deleted. */
enum Tombstones {
  SHOWN,
  OMITTED;

  private static final String PARAMETER = "deleted";
  private static final String OMIT = "omit";

  /**
   * Reads the query parameter {@code deleted}.
   *
   * @param deleted {@code omit}; null shows them
   * @throws ProblemException 400 if it has another value
   */
  static Tombstones of(@Nullable String deleted) {
    return switch (deleted) {
      case null -> SHOWN;
      case OMIT -> OMITTED;
      default ->
          throw ProblemException.malformed(
              "deleted must be omit; without it, the list shows deleted messages, too.");
    };
  }

  /** Has the next page do the same. */
  PageQuery keptBy(PageQuery next) {
    return this == OMITTED ? next.with(PARAMETER, OMIT) : next;
  }
}

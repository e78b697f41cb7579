package dev.tally.api.search;

import dev.tally.api.page.PageQuery;
import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** The order of the hits of a search. */
enum SearchOrder {
  /** The highest rank first, and among equal ranks the lowest number. */
  RELEVANCE,
  /** The highest number first, whatever the ranks. */
  NEWEST;

  private static final String PARAMETER = "order";
  private static final String NEWEST_FIRST = "newest";

  /**
   * Reads the query parameter {@code order}.
   *
   * @param order {@code relevance} or {@code newest}; null means {@code relevance}
   * @throws ProblemException 400 if it has another value
   */
  static SearchOrder of(@Nullable String order) {
    return switch (order) {
      case null -> RELEVANCE;
      case "relevance" -> RELEVANCE;
      case NEWEST_FIRST -> NEWEST;
      default -> throw ProblemException.malformed("order must be relevance or newest.");
    };
  }

  /** Has the next page keep the order. */
  PageQuery keptBy(PageQuery next) {
    return this == NEWEST ? next.with(PARAMETER, NEWEST_FIRST) : next;
  }
}

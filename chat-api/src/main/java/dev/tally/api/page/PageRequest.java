package dev.tally.api.page;

import dev.tally.common.identity.Identifiers;
import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list of numbered things is asked for.
 *
 * @param above only numbers greater than this
 * @param below only numbers less than this
 * @param descending highest number first
 * @param limit how many at most, 1 to {@value #MAX_LIMIT}
 */
public record PageRequest(long above, long below, boolean descending, int limit) {

  /** How many items a page has unless the request says otherwise. */
  public static final int DEFAULT_LIMIT = 100;

  /** How many items a page may have. */
  public static final int MAX_LIMIT = 1_000;

  /**
   * Reads query parameters.
   *
   * @param order {@code asc} or {@code desc}; null means the first
   * @throws ProblemException 400 that names the parameter which is not what it should be
   */
  public static PageRequest of(
      @Nullable String after,
      @Nullable String before,
      @Nullable String order,
      @Nullable String limit) {
    boolean descending =
        switch (order) {
          case null -> false;
          case "asc" -> false;
          case "desc" -> true;
          default -> throw ProblemException.malformed("order must be asc or desc.");
        };
    return new PageRequest(
        number("after", after, 0),
        number("before", before, Long.MAX_VALUE),
        descending,
        limit(limit));
  }

  /**
   * Reads the parameter {@code limit}.
   *
   * @throws ProblemException 400 if it is no number from 1 to {@value #MAX_LIMIT}
   */
  public static int limit(@Nullable String limit) {
    if (limit == null) {
      return DEFAULT_LIMIT;
    }
    long number = Identifiers.number(limit).orElse(0);
    if (number < 1 || number > MAX_LIMIT) {
      throw ProblemException.malformed(
          "limit must be a number from 1 to %,d.".formatted(MAX_LIMIT));
    }
    return (int) number;
  }

  /**
   * Reads the number of an item, which a part of a list begins or ends at.
   *
   * @param name what the client calls it
   * @throws ProblemException 400 if it is neither 0 nor a number that an item could have
   */
  public static long number(String name, @Nullable String value, long otherwise) {
    if (value == null) {
      return otherwise;
    }
    if (value.equals("0")) {
      return 0;
    }
    return Identifiers.number(value)
        .orElseThrow(() -> ProblemException.malformed(name + " must be a number."));
  }

  /** The query parameter that moves on to the next page. */
  public String continuation() {
    return descending ? "before" : "after";
  }

  /**
   * How many to ask the database for: one more than the page has, to learn whether there is a next
   * one.
   */
  public int probe() {
    return limit + 1;
  }
}

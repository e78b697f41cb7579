package dev.tally.api.page;

import dev.tally.common.identity.Numbers;
import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * The part of a list of numbered items that a client requests.
 *
 * @param above the page has only greater numbers
 * @param below the page has only lower numbers
 * @param descending whether the highest number comes first
 * @param limit the maximum number of items, 1 to {@value #MAX_LIMIT}
 */
public record PageRequest(long above, long below, boolean descending, int limit) {

  /** The limit if the request has none. */
  public static final int DEFAULT_LIMIT = 100;

  /** The highest limit. */
  public static final int MAX_LIMIT = 1_000;

  /**
   * Reads query parameters.
   *
   * @param order {@code asc} or {@code desc}; null means {@code asc}
   * @throws ProblemException 400 that names the wrong parameter
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
   * @throws ProblemException 400 if it is not a number from 1 to {@value #MAX_LIMIT}
   */
  public static int limit(@Nullable String limit) {
    if (limit == null) {
      return DEFAULT_LIMIT;
    }
    long number = Numbers.parse(limit);
    if (number < 1 || number > MAX_LIMIT) {
      throw ProblemException.malformed(
          "limit must be a number from 1 to %,d.".formatted(MAX_LIMIT));
    }
    return (int) number;
  }

  /**
   * Reads a parameter that is the number of an item.
   *
   * @param name the parameter's name
   * @param otherwise the result if the parameter is missing
   * @throws ProblemException 400 if the value is neither 0 nor a number that an item could have
   */
  public static long number(String name, @Nullable String value, long otherwise) {
    if (value == null) {
      return otherwise;
    }
    if (value.equals("0")) {
      return 0;
    }
    long number = Numbers.parse(value);
    if (number == Numbers.NONE) {
      throw ProblemException.malformed(name + " must be a number.");
    }
    return number;
  }

  /**
   * The query of the page that follows an item of this one.
   *
   * @param number the item's number
   */
  public PageQuery after(long number) {
    PageQuery query = PageQuery.of(limit);
    if (descending) {
      query.with("order", "desc");
      if (above > 0) {
        query.with("after", above);
      }
      return query.with("before", number);
    }
    if (below < Long.MAX_VALUE) {
      query.with("before", below);
    }
    return query.with("after", number);
  }

  /**
   * The number of rows to ask MySQL for. It is one more than the limit: an extra row means that
   * another page follows.
   */
  public int probe() {
    return limit + 1;
  }
}

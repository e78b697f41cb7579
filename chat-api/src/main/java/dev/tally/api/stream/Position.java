package dev.tally.api.stream;

import dev.tally.api.page.PageRequest;
import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream has come. Its {@link #id} is what a client continues with: {@code 5}, or {@code
 * 5.17} if the stream has changes.
 *
 * @param message the number of the last message; 0 if there is none
 * @param change the number of the last change, 0 if there is none; null if the stream has no
 *     changes
 */
record Position(long message, @Nullable Long change) {

  /** The position of a stream without changes. */
  static Position of(long message) {
    return new Position(message, null);
  }

  /**
   * Reads a position that a request names.
   *
   * @param name the parameter's name
   * @throws ProblemException 400 that names the parameter, if the value is neither a number nor two
   *     with a dot between them
   */
  static Position parse(String name, String value) {
    int dot = value.indexOf('.');
    if (dot < 0) {
      return of(PageRequest.number(name, value, 0));
    }
    try {
      return new Position(
          PageRequest.number(name, value.substring(0, dot), 0),
          PageRequest.number(name, value.substring(dot + 1), 0));
    } catch (ProblemException e) {
      throw ProblemException.malformed(
          name + " must be a number, or two with a dot between them, like 5.17.");
    }
  }

  /**
   * Whether a stream that begins here is to have changes.
   *
   * @param parameter {@code true} or {@code false}; null leaves it to the position
   * @throws ProblemException 400 if the parameter has another value
   */
  boolean wantsChanges(@Nullable String parameter) {
    return switch (parameter) {
      case null -> hasChanges();
      case "true" -> true;
      case "false" -> false;
      default -> throw ProblemException.malformed("changes must be true or false.");
    };
  }

  boolean hasChanges() {
    return change != null;
  }

  /** The same message in a stream without changes. */
  Position withoutChanges() {
    return of(message);
  }

  Position atMessage(long number) {
    return new Position(number, change);
  }

  Position atChange(long number) {
    return new Position(message, number);
  }

  /** Whether a stream at this position lacks a message with this number, or an earlier one. */
  boolean isBeforeMessage(long number) {
    return number > message;
  }

  /** Whether a stream at this position lacks a change with this number, or an earlier one. */
  boolean isBeforeChange(long number) {
    return change != null && number > change;
  }

  /** The id of an event that ends here. */
  String id() {
    return change == null ? Long.toString(message) : message + "." + change;
  }
}

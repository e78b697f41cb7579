package dev.tally.common.web.field;

import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** A field that says yes by being there. Its only value is true. */
public record FlagField(String name) implements Field {

  /** A line of a batch deletes its message. */
  public static final FlagField DELETED = new FlagField("deleted");

  private static final String SET = "true";

  /**
   * Whether the field is there.
   *
   * @param text as a {@link FieldReader} returns it, null if the field is missing
   * @throws ProblemException 422 that names the field, if it is there and not true
   */
  public boolean isSet(@Nullable String text) {
    if (text != null && !text.equals(SET)) {
      throw ProblemException.invalidField(name, "must be true; leave it out otherwise.");
    }
    return text != null;
  }
}

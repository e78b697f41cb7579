package dev.tally.common.web.field;

import dev.tally.common.identity.Numbers;
import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** A field with the number of a chat or a message: a JSON number, or digits in a form. */
public record NumberField(String name) implements Field {

  /** The earlier message of the chat that a message answers. */
  public static final NumberField REPLY_TO = new NumberField("reply_to");

  /**
   * Checks a number that may be missing.
   *
   * @param text as a {@link FieldReader} returns it
   * @return null if there is none
   * @throws ProblemException 422 that names the field, if it is no such number
   */
  public @Nullable Long optional(@Nullable String text) {
    if (text == null) {
      return null;
    }
    long number = Numbers.parse(text);
    if (number == Numbers.NONE) {
      throw ProblemException.invalidField(name, "must be a whole number from 1 on.");
    }
    return number;
  }
}

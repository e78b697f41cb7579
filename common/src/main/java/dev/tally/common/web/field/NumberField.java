package dev.tally.common.web.field;

import dev.tally.common.identity.Numbers;
import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * A field with a number of a chat's: a JSON number, or digits in a form.
 *
 * @param lowest the lowest number allowed, 0 or 1
 * @param refusesNull whether null is read as {@link #NULL}, which is no number, and not as nothing
 */
public record NumberField(String name, long lowest, boolean refusesNull) implements Field {

  /** The text of a field that is null, where that is refused. */
  public static final String NULL = "null";

  /** The message that a line of a batch changes. */
  public static final NumberField MESSAGE_NUMBER = new NumberField("message_number", 1, false);

  /** The earlier message of the chat that a message answers. */
  public static final NumberField REPLY_TO = new NumberField("reply_to", 1, false);

  /**
   * The revision of a message that a change is for, 0 if nobody has changed the message yet. If
   * null were nothing, a client that lost the revision would overwrite any.
   */
  public static final NumberField EXPECTED_REVISION = new NumberField("expected_revision", 0, true);

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
    return require(text);
  }

  /**
   * Checks a number.
   *
   * @throws ProblemException 422 that names the field, if the number is missing or no such number
   */
  public long require(@Nullable String text) {
    boolean isZero = lowest == 0 && "0".equals(text);
    long number = text == null ? Numbers.NONE : Numbers.parse(text);
    if (number == Numbers.NONE && !isZero) {
      throw ProblemException.invalidField(
          name, "must be a whole number from %d on.".formatted(lowest));
    }
    return number;
  }
}

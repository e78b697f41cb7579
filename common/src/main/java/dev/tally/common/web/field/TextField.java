package dev.tally.common.web.field;

import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * A text that a client sends, and the rules for it.
 *
 * @param name the field's name in requests
 * @param maxCodePoints the longest text allowed, in Unicode code points
 * @param mayBeNull whether null says something else than nothing; then it is read as {@link #NULL}
 */
public record TextField(String name, int maxCodePoints, boolean mayBeNull) implements Field {

  /** The text of a field that is null, where that says something. A form has it as such. */
  public static final String NULL = "";

  /** An app's name. */
  public static final TextField APP_NAME = new TextField("name", 255, false);

  /** A chat's name. */
  public static final TextField CHAT_NAME = new TextField("name", 255, false);

  /** A chat's name from now on: null if it has none. */
  public static final TextField CHANGED_CHAT_NAME = new TextField("name", 255, true);

  /** A message's body. */
  public static final TextField MESSAGE_BODY = new TextField("body", 10_000, false);

  /** Who wrote a message, as the app names people. */
  public static final TextField MESSAGE_AUTHOR = new TextField("author", 128, false);

  /**
   * Checks a text that may be missing, as {@link #require} does.
   *
   * @return null if there is none
   */
  public @Nullable String optional(@Nullable String text) {
    return text == null ? null : require(text);
  }

  /**
   * Checks a text. It changes nothing, so the text is not even trimmed.
   *
   * @return the text
   * @throws ProblemException 422 that names the field, if the text is missing, blank or too long,
   *     or has a character that MySQL, JSON or UTF-8 cannot represent
   */
  public String require(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw ProblemException.invalidField(name, "must not be blank.");
    }
    if (text.codePointCount(0, text.length()) > maxCodePoints) {
      throw ProblemException.invalidField(
          name, "must be at most %,d characters long.".formatted(maxCodePoints));
    }
    int codePoint;
    for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
      codePoint = text.codePointAt(i);
      if (codePoint == 0) {
        throw ProblemException.invalidField(name, "must not contain NUL.");
      }
      // codePointAt() joins a pair of surrogates, so this one has no partner.
      if (codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint)) {
        throw ProblemException.invalidField(name, "must not contain an unpaired surrogate.");
      }
    }
    return text;
  }
}

package dev.tally.common.web.request;

import dev.tally.common.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * What a text that a client sends has to be to be kept.
 *
 * @param name the field's name in requests
 * @param maxCodePoints the longest text taken, in Unicode code points
 */
public record TextField(String name, int maxCodePoints) {

  /** An app's name. */
  public static final TextField APP_NAME = new TextField("name", 255);

  /** A message's body. */
  public static final TextField MESSAGE_BODY = new TextField("body", 10_000);

  /**
   * Checks a text; it is never changed, not even trimmed.
   *
   * @return the text
   * @throws ProblemException 422 that names the field, if the text is missing, blank, too long, or
   *     holds what MySQL, JSON and UTF-8 cannot all carry
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
      // what codePointAt could join is no surrogate any more
      if (codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint)) {
        throw ProblemException.invalidField(name, "must not contain an unpaired surrogate.");
      }
    }
    return text;
  }
}

package dev.tally.api.search;

import dev.tally.common.web.problem.ProblemException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The words of a search. A message must have all of them to match.
 *
 * @param words the words without those of punctuation only, which is not indexed; may be empty
 */
record SearchWords(List<String> words) {

  static final int MAX_CHARACTERS = 256;
  static final int MAX_WORDS = 32;

  /**
   * Reads the query parameter.
   *
   * @throws ProblemException 400 if the parameter is missing, blank or too long
   */
  static SearchWords of(@Nullable String q) {
    if (q == null || q.isBlank()) {
      throw ProblemException.malformed("q must not be blank.");
    }
    if (q.codePointCount(0, q.length()) > MAX_CHARACTERS) {
      throw ProblemException.malformed(
          "q may be at most %d characters long.".formatted(MAX_CHARACTERS));
    }
    List<String> words =
        Arrays.stream(q.strip().split("\\s+")).filter(SearchWords::isSearchable).toList();
    if (words.size() > MAX_WORDS) {
      throw ProblemException.malformed("q may have at most %d words.".formatted(MAX_WORDS));
    }
    return new SearchWords(words);
  }

  private static boolean isSearchable(String word) {
    return word.codePoints()
        .anyMatch(
            codePoint ->
                Character.isLetterOrDigit(codePoint)
                    || Character.isExtendedPictographic(codePoint)
                    || Character.isEmojiPresentation(codePoint));
  }
}

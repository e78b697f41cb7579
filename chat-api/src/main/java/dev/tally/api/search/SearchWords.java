package dev.tally.api.search;

import dev.tally.common.web.problem.ProblemException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The words of a search, between spaces. A message must have all of them to match.
 *
 * @param words the words without those of punctuation only, which is not indexed; may be empty
 */
record SearchWords(List<String> words) {

  static final int MAX_CHARACTERS = 256;
  static final int MAX_WORDS = 32;

  private static final Pattern PART =
      Pattern.compile("[\\p{L}\\p{N}\\p{M}&&[^\\p{IsIdeographic}\\p{IsHiragana}]]+|\\X");

  private static final Pattern DIGIT = Pattern.compile("\\p{N}");

  /** With fewer letters, most words that differ by a typo are other words. */
  private static final int FEWEST_LETTERS_FOR_TYPOS = 5;

  /**
   * Reads the query parameter.
   *
   * @throws ProblemException 400 if the parameter is missing, blank or too long, or has too many
   *     words
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
    if (words.stream().mapToInt(word -> parts(word).size()).sum() > MAX_WORDS) {
      throw ProblemException.malformed(
          "q may have at most %d words; a Chinese character and an emoji are a word each."
              .formatted(MAX_WORDS));
    }
    return new SearchWords(words);
  }

  /**
   * The words that Elasticsearch makes of one, or more: it parts them at punctuation, and parts the
   * scripts that have no spaces into characters.
   */
  static List<String> parts(String word) {
    return PART.matcher(word)
        .results()
        .map(MatchResult::group)
        .filter(SearchWords::isSearchable)
        .toList();
  }

  /** Whether any of the words may have a typo. */
  boolean mayHaveTypos() {
    return words.stream().anyMatch(SearchWords::allowsTypos);
  }

  /**
   * Whether a word may match one that differs by a typo. A word with a digit may not: it is a
   * number or a version, and another one means another thing.
   */
  static boolean allowsTypos(String word) {
    return !DIGIT.matcher(word).find()
        && parts(word).stream().anyMatch(part -> letters(part) >= FEWEST_LETTERS_FOR_TYPOS);
  }

  private static long letters(String part) {
    return part.codePoints().filter(Character::isLetter).count();
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

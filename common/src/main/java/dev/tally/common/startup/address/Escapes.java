package dev.tally.common.startup.address;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** Percent escapes, and characters that parsers of URLs replace silently. */
final class Escapes {

  /** How a person writes a character that a URL does not take as it is. */
  static final String ADVICE =
      "Write special characters of user and password as percent escapes: %40 for @, %2F for /, %25 for %";

  private static final Pattern ESCAPES = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");

  /** What a JVM reads in place of bytes of an environment variable that it cannot decode. */
  private static final char REPLACEMENT = '\uFFFD';

  private Escapes() {}

  /**
   * Whether each {@code %} begins an escape, the escapes are UTF-8, and all other characters could
   * be decoded and are no control characters.
   */
  static boolean areReadable(String text) {
    return text.chars().noneMatch(c -> Character.isISOControl(c) || c == REPLACEMENT)
        && ESCAPES.matcher(text).replaceAll("").indexOf('%') < 0
        && ESCAPES.matcher(text).results().allMatch(run -> isUtf8(run.group()));
  }

  private static boolean isUtf8(String escapes) {
    byte[] bytes = HexFormat.of().parseHex(escapes.replace("%", ""));
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}

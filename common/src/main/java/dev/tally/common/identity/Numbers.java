package dev.tally.common.identity;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads the numbers of chats and messages, and counts of what Redis holds. */
public final class Numbers {

  /** The number that nothing has. */
  public static final long NONE = 0;

  /** The highest number: paths name numbers of up to 15 digits, and Lua counts them exactly. */
  public static final long HIGHEST = 999_999_999_999_999L;

  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,14}");

  private static final Pattern COUNT = Pattern.compile("\\d{1,15}");

  private Numbers() {}

  /** Reads a number from 1 to 999,999,999,999,999. Any other text is {@link #NONE}. */
  public static long parse(String text) {
    return NUMBER.matcher(text).matches() ? Long.parseLong(text) : NONE;
  }

  /**
   * Reads a counter or another count in Redis: 0 to 999,999,999,999,999. Any other text is empty:
   * somebody else wrote it.
   */
  public static OptionalLong count(String text) {
    return COUNT.matcher(text).matches()
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }
}

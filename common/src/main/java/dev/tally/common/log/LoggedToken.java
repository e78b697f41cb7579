package dev.tally.common.log;

import java.util.regex.Pattern;

/**
 * Shortens tokens for the log. A token gives access to its app, so a log has only the first 8
 * digits.
 */
public final class LoggedToken {

  private static final Pattern TOKEN = Pattern.compile("\\b([0-9a-f]{8})[0-9a-f]{24}\\b");

  private LoggedToken() {}

  /** Cuts every token in a text, for instance in a Redis key, to its first 8 digits. */
  public static String in(String text) {
    return TOKEN.matcher(text).replaceAll("$1…");
  }
}

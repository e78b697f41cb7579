package dev.tally.common.log;

import java.util.regex.Pattern;

/**
 * Tokens as they may stand in a log. Who knows an app's token may read and write it, so a log tells
 * apps apart by the first digits only.
 */
public final class LoggedToken {

  private static final Pattern TOKEN = Pattern.compile("\\b([0-9a-f]{8})[0-9a-f]{24}\\b");

  private LoggedToken() {}

  /** A text, a Redis key for instance, with every token in it cut to its first 8 digits. */
  public static String in(String text) {
    return TOKEN.matcher(text).replaceAll("$1…");
  }
}

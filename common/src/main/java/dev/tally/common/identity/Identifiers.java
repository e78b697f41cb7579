package dev.tally.common.identity;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Reads the variable parts of paths. A part with a wrong shape costs no look-up. */
public final class Identifiers {

  private static final Pattern TOKEN = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,14}");

  private Identifiers() {}

  /** Whether this has the shape of a token: 128 bits as 32 lower-case hexadecimal digits. */
  public static boolean isToken(String part) {
    return TOKEN.matcher(part).matches();
  }

  /** A chat's or message's number, 1 to 999,999,999,999,999; empty for anything else. */
  public static OptionalLong number(String part) {
    return NUMBER.matcher(part).matches()
        ? OptionalLong.of(Long.parseLong(part))
        : OptionalLong.empty();
  }
}

package dev.tally.common.identity;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The token that names an app: 128 random bits as 32 lower-case hexadecimal digits. Its text for
 * paths, Redis keys and SQL is {@link #value}.
 *
 * <p>Every instance has the right shape, so a lookup never compares a column with a text that the
 * column cannot hold.
 */
public record AppToken(String value) implements Comparable<AppToken> {

  private static final int LENGTH = 32;

  /**
   * @throws IllegalArgumentException if the value does not have the shape of a token
   */
  public AppToken {
    if (!hasShape(value)) {
      throw new IllegalArgumentException("not a token: 32 lower-case hexadecimal digits");
    }
  }

  /** Makes the token of a new app. */
  public static AppToken random(SecureRandom random) {
    byte[] bits = new byte[16];
    random.nextBytes(bits);
    return new AppToken(HexFormat.of().formatHex(bits));
  }

  /** Reads a token, or returns empty if the text does not have its shape. */
  public static Optional<AppToken> parse(String text) {
    return hasShape(text) ? Optional.of(new AppToken(text)) : Optional.empty();
  }

  /** Without a regular expression, because every request and every job passes here. */
  private static boolean hasShape(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    for (int i = 0; i < LENGTH; i++) {
      char digit = text.charAt(i);
      if ((digit < '0' || digit > '9') && (digit < 'a' || digit > 'f')) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(AppToken other) {
    return value.compareTo(other.value);
  }

  /**
   * The first 8 digits and an ellipsis. A token gives access to its app, so no log, metric or
   * exception may show it.
   */
  @Override
  public String toString() {
    return value.substring(0, 8) + "…";
  }
}

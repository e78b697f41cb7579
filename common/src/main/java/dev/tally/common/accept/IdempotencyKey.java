package dev.tally.common.accept;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * Makes a request that is sent again get the same answer. A key belongs to an app: two apps may use
 * the same one.
 *
 * @param value names the request. A client's have no spaces, so what begins with a word and a space
 *     is never a client's.
 * @param fingerprint hexadecimal SHA-256 of the request
 */
public record IdempotencyKey(String value, String fingerprint) {

  /** How long Redis remembers a key. */
  public static final Duration LIFE = Duration.ofHours(24);

  /**
   * The key of a request.
   *
   * @param request the parts that must be equal in two requests with the same key
   */
  public static IdempotencyKey of(String value, List<String> request) {
    return new IdempotencyKey(value, fingerprint(request));
  }

  private static String fingerprint(List<String> parts) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      // The length comes first, so that no two lists of parts give the same bytes.
      digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}

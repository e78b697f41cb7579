package dev.tally.common.accept;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Makes a request that is sent again get the same answer. A key belongs to an app: two apps may use
 * the same one.
 *
 * <p>Both parts are the beginnings of SHA-256 digests, so that a record in Redis is short whatever
 * clients send. Among a million keys of an app, two have the same name with a probability of 2<sup>
 * -57</sup>; the second request would be told that the key has been used. Somebody who looks for
 * such keys or requests needs the token of the app, and finds only pairs of his own.
 *
 * @param name 16 characters for the key: 96 bits, in Base64 for URLs
 * @param fingerprint 12 characters for the request: 72 bits
 */
public record IdempotencyKey(String name, String fingerprint) {

  private static final int NAME_BYTES = 12;
  private static final int FINGERPRINT_BYTES = 9;

  /**
   * The key of a request.
   *
   * @param key names the request. A client's have no spaces, so what begins with a word and a space
   *     is never a client's.
   * @param request the parts that must be equal in two requests with the same key
   */
  public static IdempotencyKey of(String key, List<String> request) {
    return new IdempotencyKey(digest(List.of(key), NAME_BYTES), digest(request, FINGERPRINT_BYTES));
  }

  /** The shard of the app's records that the key belongs to: one of 64. */
  char shard() {
    return name.charAt(0);
  }

  private static String digest(List<String> parts, int length) {
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
    return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(digest.digest(), length));
  }
}

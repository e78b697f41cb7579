package dev.tally.gateway.idempotency;

import dev.tally.common.web.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code Idempotency-Key} of a request, after the IETF draft of that name. A key belongs to an
 * app: two apps may use the same one.
 *
 * @param value the header's value: 1 to 255 printable ASCII characters
 * @param fingerprint hexadecimal SHA-256 of the request's route and bodies
 */
public record IdempotencyKey(String value, String fingerprint) {

  /** The request header. */
  public static final String HEADER = "Idempotency-Key";

  /** How long Redis remembers a key. */
  public static final Duration LIFE = Duration.ofHours(24);

  private static final Pattern ACCEPTABLE = Pattern.compile("[\\x21-\\x7e]{1,255}");

  /**
   * Reads a request's key.
   *
   * @param header the header's value, null if the request has none
   * @param request the parts that must be equal in two requests with the same key: the route, then
   *     the bodies
   * @return null if the request has no key
   * @throws ProblemException 400 if the key is malformed
   */
  public static @Nullable IdempotencyKey of(@Nullable String header, List<String> request) {
    if (header == null) {
      return null;
    }
    if (!ACCEPTABLE.matcher(header).matches()) {
      throw ProblemException.malformed(
          HEADER + " must be 1 to 255 printable ASCII characters without spaces.");
    }
    return new IdempotencyKey(header, fingerprint(request));
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

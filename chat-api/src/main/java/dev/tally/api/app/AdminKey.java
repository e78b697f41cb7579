package dev.tally.api.app;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * The key that lists, creates and changes apps, and shows what operators look at, if there is one.
 */
@Component
public final class AdminKey {

  private static final Pattern ACCEPTABLE = Pattern.compile("[\\x21-\\x7e]{16,}");
  private static final String SCHEME = "Bearer ";

  /** Of the key, so that a comparison takes the same time whatever is compared with it. */
  private final byte @Nullable [] digest;

  /**
   * @throws IllegalArgumentException if the key is none; without quoting it, for this ends in a log
   */
  AdminKey(AppProperties properties) {
    String key = properties.adminKey();
    if (!key.isEmpty() && !ACCEPTABLE.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "TALLY_ADMIN_KEY must be at least 16 printable ASCII characters without spaces. Make one"
              + " with: openssl rand -hex 24");
    }
    this.digest = key.isEmpty() ? null : sha256(key);
  }

  /**
   * Lets a request pass that brings the key, and any request if there is none.
   *
   * @throws ProblemException 401
   */
  public void require(HttpServletRequest request) {
    if (digest != null && !isBroughtBy(request.getHeader(HttpHeaders.AUTHORIZATION), digest)) {
      throw ProblemException.of(
          ProblemType.UNAUTHORIZED, "Send the admin key as 'Authorization: Bearer <key>'.");
    }
  }

  private static boolean isBroughtBy(@Nullable String authorization, byte[] digest) {
    return authorization != null
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(digest, sha256(authorization.substring(SCHEME.length()).strip()));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

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
 * The key that a request needs to list, create, change and delete apps, and to read the operations
 * page. A deployment without the key allows all requests.
 */
@Component
public final class AdminKey {

  private static final Pattern ACCEPTABLE = Pattern.compile("[\\x21-\\x7e]{16,}");
  private static final String SCHEME = "Bearer ";

  /** The SHA-256 of the key: comparing digests takes the same time for every wrong key. */
  private final byte @Nullable [] digest;

  /**
   * @throws IllegalArgumentException if the key is not acceptable. The message does not quote the
   *     key, because it ends in a log
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

  /** Whether the deployment has a key. */
  public boolean isSet() {
    return digest != null;
  }

  /**
   * Requires the key, if the deployment has one.
   *
   * @throws ProblemException 401 if the request does not have the key
   */
  public void require(HttpServletRequest request) {
    if (digest != null && !matches(request.getHeader(HttpHeaders.AUTHORIZATION), digest)) {
      throw ProblemException.of(
          ProblemType.UNAUTHORIZED, "Send the admin key as 'Authorization: Bearer <key>'.");
    }
  }

  private static boolean matches(@Nullable String authorization, byte[] digest) {
    return authorization != null
        && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(digest, sha256(authorization.substring(SCHEME.length()).strip()));
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform must have SHA-256.", e);
    }
  }
}

package dev.tally.common.search;

import dev.tally.common.identity.AppToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * The name of an app in Elasticsearch: the first 128 bits of the SHA-256 of its token, in
 * base64url.
 *
 * <p>It follows from the token, which no other app ever gets. The id of an app's row does not
 * serve: a MySQL that is restored from a backup gives ids to new apps that lost apps had.
 *
 * <p>The token itself gives access to its app, and ids, routings and queries show up in
 * Elasticsearch's logs and snapshots. A token has 128 random bits, so nobody finds it by its
 * digest.
 */
public record AppDigest(String value) {

  private static final int BYTES = 16;

  /** The digest of a token. */
  public static AppDigest of(AppToken app) {
    byte[] hash = sha256().digest(app.value().getBytes(StandardCharsets.US_ASCII));
    return new AppDigest(
        Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, BYTES)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

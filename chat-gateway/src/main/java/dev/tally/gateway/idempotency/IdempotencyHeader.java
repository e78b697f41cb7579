package dev.tally.gateway.idempotency;

import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.web.problem.ProblemException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code Idempotency-Key} of a request, after the IETF draft of that name. */
public final class IdempotencyHeader {

  /** The request header. */
  public static final String NAME = "Idempotency-Key";

  private static final Pattern ACCEPTABLE = Pattern.compile("[\\x21-\\x7e]{1,255}");

  private IdempotencyHeader() {}

  /**
   * Reads a request's key: 1 to 255 printable ASCII characters.
   *
   * @param header the header's value, null if the request has none
   * @param request the parts that must be equal in two requests with the same key: the route, then
   *     the bodies
   * @return null if the request has no key
   * @throws ProblemException 400 if the key is malformed
   */
  public static @Nullable IdempotencyKey key(@Nullable String header, List<String> request) {
    if (header == null) {
      return null;
    }
    if (!ACCEPTABLE.matcher(header).matches()) {
      throw ProblemException.malformed(
          NAME + " must be 1 to 255 printable ASCII characters without spaces.");
    }
    return IdempotencyKey.of(header, request);
  }
}

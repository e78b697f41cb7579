package dev.tally.common.web.problem;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem. It is an answer, not a fault, so it has no stack trace. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final ProblemType type;
  private final String detail;
  private final @Nullable Duration retryAfter;

  private ProblemException(ProblemType type, String detail, @Nullable Duration retryAfter) {
    super(detail, null, false, false);
    this.type = type;
    this.detail = detail;
    this.retryAfter = retryAfter;
  }

  /**
   * A problem that a repeated request would have again.
   *
   * @param detail the cause of this occurrence, in a sentence that the client may show to people
   */
  public static ProblemException of(ProblemType type, String detail) {
    return new ProblemException(type, detail, null);
  }

  /**
   * A problem that a later attempt may not have.
   *
   * @param retryAfter how long the client should wait; rounded up to whole seconds, at least one
   */
  public static ProblemException retryable(ProblemType type, String detail, Duration retryAfter) {
    return new ProblemException(type, detail, retryAfter);
  }

  public static ProblemException appNotFound() {
    return of(ProblemType.APP_NOT_FOUND, "No app has this token.");
  }

  public static ProblemException appDeleted() {
    return of(
        ProblemType.APP_DELETED,
        "The app was deleted: create another one, its token is never given out again.");
  }

  public static ProblemException chatNotFound() {
    return of(ProblemType.CHAT_NOT_FOUND, "The app has no chat with this number.");
  }

  public static ProblemException chatDeleted() {
    return of(ProblemType.CHAT_DELETED, "The chat was deleted; its number stays given out.");
  }

  public static ProblemException messageNotFound() {
    return of(ProblemType.MESSAGE_NOT_FOUND, "The chat has no message with this number.");
  }

  /** A 422 about one field. */
  public static ProblemException invalidField(String field, String expectation) {
    return of(ProblemType.INVALID_FIELD, field + " " + expectation);
  }

  public static ProblemException malformed(String detail) {
    return of(ProblemType.MALFORMED_REQUEST, detail);
  }

  public ProblemType type() {
    return type;
  }

  public String detail() {
    return detail;
  }

  /** How long the client should wait before it tries again, null if that cannot help. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}

package dev.tally.common.web.problem;

import java.net.URI;
import java.util.Locale;
import org.springframework.http.HttpStatus;

/** The kinds of problem that Tally's services answer with. */
public enum ProblemType {
  APP_NOT_FOUND(HttpStatus.NOT_FOUND, "App not found"),
  CHAT_NOT_FOUND(HttpStatus.NOT_FOUND, "Chat not found"),
  MESSAGE_NOT_FOUND(HttpStatus.NOT_FOUND, "Message not found"),
  /** The number was given out, and its row is not persisted yet: the client should retry soon. */
  NOT_PERSISTED_YET(HttpStatus.NOT_FOUND, "Not persisted yet"),
  /** The number was given out, and its job is a dead letter: only an operator can persist it. */
  CHAT_SET_ASIDE(HttpStatus.NOT_FOUND, "Chat set aside"),
  /** The same for a message. */
  MESSAGE_SET_ASIDE(HttpStatus.NOT_FOUND, "Message set aside"),
  /** What stood under the number is lost; the number stays given out. */
  CHAT_LOST(HttpStatus.GONE, "Chat lost"),
  /** The same for a message. */
  MESSAGE_LOST(HttpStatus.GONE, "Message lost"),
  /** Somebody deleted the chat; its number stays given out. */
  CHAT_DELETED(HttpStatus.GONE, "Chat deleted"),
  /** Somebody deleted the app; its token stays given out. */
  APP_DELETED(HttpStatus.GONE, "App deleted"),
  /** Somebody deleted the message; its number stays given out. */
  MESSAGE_DELETED(HttpStatus.GONE, "Message deleted"),
  NO_SUCH_ROUTE(HttpStatus.NOT_FOUND, "No such route"),
  MALFORMED_REQUEST(HttpStatus.BAD_REQUEST, "Malformed request"),
  /** The admin key is missing or wrong. */
  UNAUTHORIZED(HttpStatus.UNAUTHORIZED, "Unauthorized"),
  /** A page of another origin wants to write. */
  FOREIGN_ORIGIN(HttpStatus.FORBIDDEN, "Foreign origin"),
  /** The request is for a host name that is not the service's. */
  MISDIRECTED_REQUEST(HttpStatus.MISDIRECTED_REQUEST, "Misdirected request"),
  METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "Method not allowed"),
  NOT_ACCEPTABLE(HttpStatus.NOT_ACCEPTABLE, "Not acceptable"),
  /** The request took too long to arrive. */
  REQUEST_TIMEOUT(HttpStatus.REQUEST_TIMEOUT, "Request timeout"),
  BODY_TOO_LARGE(HttpStatus.CONTENT_TOO_LARGE, "Body too large"),
  UNSUPPORTED_MEDIA_TYPE(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Unsupported media type"),
  INVALID_FIELD(HttpStatus.UNPROCESSABLE_CONTENT, "Invalid field"),
  IDEMPOTENCY_KEY_REUSED(HttpStatus.UNPROCESSABLE_CONTENT, "Idempotency key reused"),
  RATE_LIMITED(HttpStatus.TOO_MANY_REQUESTS, "Too many requests"),
  /** The app has as many idempotency records as it may have. */
  TOO_MANY_IDEMPOTENCY_KEYS(HttpStatus.TOO_MANY_REQUESTS, "Too many idempotency keys"),
  QUEUE_FULL(HttpStatus.SERVICE_UNAVAILABLE, "Queue full"),
  UNAVAILABLE(HttpStatus.SERVICE_UNAVAILABLE, "Service unavailable"),
  INTERNAL_ERROR(HttpStatus.INTERNAL_SERVER_ERROR, "Internal error"),
  /** The web server itself refused the request with another status. */
  REFUSED(HttpStatus.BAD_REQUEST, "Request refused");

  private final HttpStatus status;
  private final String title;

  ProblemType(HttpStatus status, String title) {
    this.status = status;
    this.title = title;
  }

  public HttpStatus status() {
    return status;
  }

  /** A short sentence, the same for every occurrence. */
  public String title() {
    return title;
  }

  /**
   * Identifies this kind of problem to a program, for instance {@code
   * urn:tally:problem:app-not-found}.
   */
  public URI uri() {
    return URI.create("urn:tally:problem:" + slug());
  }

  /** This kind's name in URIs and metrics, for instance {@code app-not-found}. */
  String slug() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The kind for a status, if nothing more specific is known. */
  static ProblemType ofStatus(int status) {
    return switch (status) {
      case 400 -> MALFORMED_REQUEST;
      case 401 -> UNAUTHORIZED;
      case 404 -> NO_SUCH_ROUTE;
      case 405 -> METHOD_NOT_ALLOWED;
      case 406 -> NOT_ACCEPTABLE;
      case 408 -> REQUEST_TIMEOUT;
      case 413 -> BODY_TOO_LARGE;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      case 429 -> RATE_LIMITED;
      case 503 -> UNAVAILABLE;
      default -> status >= 500 ? INTERNAL_ERROR : REFUSED;
    };
  }
}

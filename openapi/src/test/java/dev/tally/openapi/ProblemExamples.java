package dev.tally.openapi;

import dev.tally.common.web.problem.ProblemType;

/** What each kind of problem looks like, and when it comes. */
final class ProblemExamples {

  private static final String PREFIX = "urn:tally:problem:";

  private ProblemExamples() {}

  /** What the kind is called in URIs, and in the document. */
  static String name(ProblemType type) {
    return type.uri().toString().substring(PREFIX.length());
  }

  static String summary(ProblemType type) {
    return switch (type) {
      case APP_NOT_FOUND -> "No app has this token; also for what is no token";
      case CHAT_NOT_FOUND -> "The app has no chat with this number; also for what is no number";
      case MESSAGE_NOT_FOUND ->
          "The chat has no message with this number; also for what is no number";
      case NOT_PERSISTED_YET -> "The number has been given out, and its row is on its way";
      case CHAT_SET_ASIDE ->
          "The chat was accepted and could not be persisted; an operator decides";
      case MESSAGE_SET_ASIDE ->
          "The message was accepted and could not be persisted; an operator decides";
      case CHAT_LOST -> "The chat is lost; its number stays given out";
      case MESSAGE_LOST -> "The message is lost; its number stays given out";
      case CHAT_DELETED -> "The chat is deleted; its number stays given out";
      case APP_DELETED -> "The app is deleted; its token is never given out again";
      case MESSAGE_DELETED -> "The message is deleted; its number stays given out";
      case NO_SUCH_ROUTE -> "Nothing is served under this path";
      case MALFORMED_REQUEST ->
          "JSON, form, UTF-8, path, query parameter or header that cannot be read";
      case UNAUTHORIZED -> "The admin key is missing or wrong";
      case FOREIGN_ORIGIN -> "A browser sent this for a page whose origin may not write";
      case MISDIRECTED_REQUEST ->
          "The API has no admin key, and this host name is not one of its own";
      case METHOD_NOT_ALLOWED -> "The path does not support this method";
      case NOT_ACCEPTABLE -> "`Accept` rules out JSON; nothing has been written";
      case REQUEST_TIMEOUT -> "The body took longer than 30 seconds to arrive";
      case BODY_TOO_LARGE -> "Over 128 KiB; for a batch over 1 MiB or 1,000 lines";
      case UNSUPPORTED_MEDIA_TYPE -> "A type that is not taken, or another charset than UTF-8";
      case INVALID_FIELD -> "The field is blank, too long, or holds NUL or an unpaired surrogate";
      case IDEMPOTENCY_KEY_REUSED -> "The key has been used for another request";
      case RATE_LIMITED -> "Over a limit; without any effect";
      case TOO_MANY_IDEMPOTENCY_KEYS ->
          "The app has used too many keys; writes without one, and repeated ones, are accepted";
      case QUEUE_FULL -> "Too much waits for the database";
      case UNAVAILABLE -> "A server that is needed is away";
      case INTERNAL_ERROR -> "A fault of the service";
      case REFUSED -> "Refused by the web server";
    };
  }

  static String detail(ProblemType type) {
    return switch (type) {
      case APP_NOT_FOUND -> "No app has this token.";
      case CHAT_NOT_FOUND -> "The app has no chat with this number.";
      case MESSAGE_NOT_FOUND -> "The chat has no message with this number.";
      case NOT_PERSISTED_YET -> "The number has been given out, its row is on its way.";
      case CHAT_SET_ASIDE -> "The chat was accepted and could not be persisted.";
      case MESSAGE_SET_ASIDE -> "The message was accepted and could not be persisted.";
      case CHAT_LOST -> "The chat was lost; its number stays given out.";
      case MESSAGE_LOST -> "The message was lost; its number stays given out.";
      case CHAT_DELETED -> "The chat was deleted; its number stays given out.";
      case APP_DELETED ->
          "The app was deleted: create another one, its token is never given out again.";
      case MESSAGE_DELETED -> "The message was deleted; its number stays given out.";
      case NO_SUCH_ROUTE -> "Nothing is served under this path.";
      case MALFORMED_REQUEST -> "The body is not well-formed JSON.";
      case UNAUTHORIZED -> "Send the admin key as 'Authorization: Bearer <key>'.";
      case FOREIGN_ORIGIN ->
          "Pages of this origin may not write. The operator allows origins with TALLY_CORS_ORIGINS.";
      case MISDIRECTED_REQUEST ->
          "Without an admin key, this API answers only under IP addresses, localhost, and the names in TALLY_API_HOSTS.";
      case METHOD_NOT_ALLOWED -> "This path does not support DELETE.";
      case REQUEST_TIMEOUT -> "The body took too long to arrive.";
      case BODY_TOO_LARGE -> "The body may be at most 131,072 bytes long.";
      case UNSUPPORTED_MEDIA_TYPE -> "Send application/json or application/x-www-form-urlencoded.";
      case INVALID_FIELD -> "body must not be blank.";
      case IDEMPOTENCY_KEY_REUSED -> "This Idempotency-Key has been used for another request.";
      case RATE_LIMITED -> "The app exceeded its write rate limit.";
      case TOO_MANY_IDEMPOTENCY_KEYS ->
          "The app has used too many idempotency keys: write without an Idempotency-Key, or wait"
              + " until keys expire.";
      case QUEUE_FULL -> "Too many writes are waiting for the database.";
      case UNAVAILABLE -> "A service that this request needs is not available at the moment.";
      case INTERNAL_ERROR -> "Something went wrong on our side.";
      case NOT_ACCEPTABLE, REFUSED -> type.title() + ".";
    };
  }

  static String error(ProblemType type, String detail) {
    return switch (type) {
      case INVALID_FIELD, MALFORMED_REQUEST -> detail;
      default -> type.title();
    };
  }

  /** Whether the answer says when to ask again. */
  static boolean isRetryable(ProblemType type) {
    return switch (type) {
      case NOT_PERSISTED_YET, RATE_LIMITED, TOO_MANY_IDEMPOTENCY_KEYS, QUEUE_FULL, UNAVAILABLE ->
          true;
      default -> false;
    };
  }
}

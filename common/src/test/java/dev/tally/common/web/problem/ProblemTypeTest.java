package dev.tally.common.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

class ProblemTypeTest {

  /** Clients tell problems apart by these: they are part of the contract. */
  @ParameterizedTest
  @CsvSource({
    "APP_NOT_FOUND, 404, app-not-found, App not found",
    "CHAT_NOT_FOUND, 404, chat-not-found, Chat not found",
    "MESSAGE_NOT_FOUND, 404, message-not-found, Message not found",
    "NOT_PERSISTED_YET, 404, not-persisted-yet, Not persisted yet",
    "CHAT_SET_ASIDE, 404, chat-set-aside, Chat set aside",
    "MESSAGE_SET_ASIDE, 404, message-set-aside, Message set aside",
    "CHAT_LOST, 410, chat-lost, Chat lost",
    "MESSAGE_LOST, 410, message-lost, Message lost",
    "MESSAGE_DELETED, 410, message-deleted, Message deleted",
    "NO_SUCH_ROUTE, 404, no-such-route, No such route",
    "MALFORMED_REQUEST, 400, malformed-request, Malformed request",
    "UNAUTHORIZED, 401, unauthorized, Unauthorized",
    "FOREIGN_ORIGIN, 403, foreign-origin, Foreign origin",
    "MISDIRECTED_REQUEST, 421, misdirected-request, Misdirected request",
    "METHOD_NOT_ALLOWED, 405, method-not-allowed, Method not allowed",
    "NOT_ACCEPTABLE, 406, not-acceptable, Not acceptable",
    "REQUEST_TIMEOUT, 408, request-timeout, Request timeout",
    "BODY_TOO_LARGE, 413, body-too-large, Body too large",
    "UNSUPPORTED_MEDIA_TYPE, 415, unsupported-media-type, Unsupported media type",
    "INVALID_FIELD, 422, invalid-field, Invalid field",
    "IDEMPOTENCY_KEY_REUSED, 422, idempotency-key-reused, Idempotency key reused",
    "RATE_LIMITED, 429, rate-limited, Too many requests",
    "TOO_MANY_IDEMPOTENCY_KEYS, 429, too-many-idempotency-keys, Too many idempotency keys",
    "QUEUE_FULL, 503, queue-full, Queue full",
    "UNAVAILABLE, 503, unavailable, Service unavailable",
    "INTERNAL_ERROR, 500, internal-error, Internal error",
    "REFUSED, 400, refused, Request refused"
  })
  void aTypeKeepsItsStatusNameAndTitle(ProblemType type, int status, String name, String title) {
    assertThat(type.uri()).isEqualTo(URI.create("urn:tally:problem:" + name));
    assertThat(type.title()).isEqualTo(title);
    assertThat(type.status().value()).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "400, MALFORMED_REQUEST",
    "401, UNAUTHORIZED",
    "404, NO_SUCH_ROUTE",
    "405, METHOD_NOT_ALLOWED",
    "406, NOT_ACCEPTABLE",
    "408, REQUEST_TIMEOUT",
    "413, BODY_TOO_LARGE",
    "415, UNSUPPORTED_MEDIA_TYPE",
    "417, REFUSED",
    "429, RATE_LIMITED",
    "500, INTERNAL_ERROR",
    "503, UNAVAILABLE",
    "505, INTERNAL_ERROR"
  })
  void aStatusOfTheWebServersHasAType(int status, ProblemType expected) {
    assertThat(ProblemType.ofStatus(status)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeHasABody(ProblemType type) {
    ProblemDetail body = ProblemBody.of(type, type.status(), "Why.", "/apps/x");

    assertThat(body.getType()).isEqualTo(type.uri());
    assertThat(body.getTitle()).isEqualTo(type.title());
    assertThat(body.getStatus()).isEqualTo(type.status().value());
    assertThat(body.getDetail()).isEqualTo("Why.");
    assertThat(body.getInstance()).isEqualTo(URI.create("/apps/x"));
    assertThat(body.getProperties()).containsKey("error");
  }

  @Test
  void theErrorNamesTheFieldOrElseTheKind() {
    assertError(ProblemType.INVALID_FIELD, "Why.");
    assertError(ProblemType.MALFORMED_REQUEST, "Why.");
    assertError(ProblemType.APP_NOT_FOUND, "App not found");
  }

  @Test
  void aPathThatIsNoReferenceStillHasAnInstance() {
    assertInstance("/a b", "/");
    assertInstance("//", "/.//");
    assertInstance("//x/y", "/.//x/y");
  }

  private static void assertInstance(String path, String expected) {
    assertThat(ProblemBody.of(ProblemType.REFUSED, HttpStatus.BAD_REQUEST, "Why.", path))
        .extracting(ProblemDetail::getInstance)
        .isEqualTo(URI.create(expected));
  }

  private static void assertError(ProblemType type, String expected) {
    assertThat(ProblemBody.of(type, type.status(), "Why.", null).getProperties())
        .containsEntry("error", expected);
  }
}

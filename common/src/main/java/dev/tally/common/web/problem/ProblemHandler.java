package dev.tally.common.web.problem;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.log.RepeatedWarning;
import dev.tally.common.metrics.EnumCounter;
import dev.tally.common.startup.IncompatibleDataException;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.dao.UncategorizedDataAccessException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns every exception that leaves a controller into a problem. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class ProblemHandler extends ResponseEntityExceptionHandler {

  private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);
  private static final Duration DEPENDENCY_RETRY = Duration.ofSeconds(1);

  private final EnumCounter<ProblemType> rejected;
  private final RepeatedWarning dependencyDown = new RepeatedWarning(log);

  ProblemHandler(MeterRegistry meters) {
    rejected =
        new EnumCounter<>(
            meters,
            "tally.rejected",
            "Requests answered with a problem",
            "reason",
            ProblemType.class,
            ProblemType::slug);
  }

  @ExceptionHandler
  ResponseEntity<Object> problem(ProblemException e, HttpServletRequest request) {
    HttpHeaders headers = new HttpHeaders();
    Duration retryAfter = e.retryAfter();
    if (retryAfter != null) {
      headers.set(HttpHeaders.RETRY_AFTER, seconds(retryAfter));
    }
    if (e.type() == ProblemType.UNAUTHORIZED) {
      headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"tally\"");
    }
    return respond(e.type(), e.type().status(), e.detail(), headers, request.getRequestURI());
  }

  /** Tomcat throws this at the first look at a parameter, if it cannot read the query. */
  @ExceptionHandler
  ResponseEntity<Object> query(InvalidParameterException e, HttpServletRequest request) {
    return problem(ProblemException.malformed("The query cannot be read."), request);
  }

  @ExceptionHandler
  ResponseEntity<Object> dataAccess(DataAccessException e, HttpServletRequest request) {
    boolean down =
        e instanceof TransientDataAccessException
            || e instanceof RecoverableDataAccessException
            || e instanceof NonTransientDataAccessResourceException
            || e instanceof RedisConnectionFailureException
            // An uncategorized error is usually a connection that broke in the middle of a call.
            || e instanceof UncategorizedDataAccessException;
    return down ? unavailable(e, request) : internal(e, request);
  }

  /** MySQL is away, or its connection broke before the transaction's end, or that took too long. */
  @ExceptionHandler({
    CannotCreateTransactionException.class,
    TransactionSystemException.class,
    TransactionTimedOutException.class
  })
  ResponseEntity<Object> transaction(TransactionException e, HttpServletRequest request) {
    return unavailable(e, request);
  }

  /** A Redis that was away at the service's start turns out to have another layout. */
  @ExceptionHandler
  ResponseEntity<Object> incompatible(IncompatibleDataException e, HttpServletRequest request) {
    return unavailable(e, request);
  }

  @ExceptionHandler
  ResponseEntity<Object> internal(Exception e, HttpServletRequest request) {
    log.error("{} failed", request.getMethod(), LoggedFault.of(e));
    return respond(
        ProblemType.INTERNAL_ERROR,
        ProblemType.INTERNAL_ERROR.status(),
        "Something went wrong on our side.",
        new HttpHeaders(),
        request.getRequestURI());
  }

  private ResponseEntity<Object> unavailable(Exception e, HttpServletRequest request) {
    dependencyDown.warn(
        () ->
            "%s refused, a dependency is down: %s"
                .formatted(request.getMethod(), LoggedFault.line(e)));
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, seconds(DEPENDENCY_RETRY));
    return respond(
        ProblemType.UNAVAILABLE,
        ProblemType.UNAVAILABLE.status(),
        "A service that this request needs is not available at the moment.",
        headers,
        request.getRequestURI());
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception e,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    HttpServletRequest servletRequest = ((ServletWebRequest) request).getRequest();
    if (status.is5xxServerError() && status.value() != 503) {
      return internal(e, servletRequest);
    }
    ProblemType type = ProblemType.ofStatus(status.value());
    String detail =
        type == ProblemType.METHOD_NOT_ALLOWED
            ? "This path does not support %s.".formatted(servletRequest.getMethod())
            : type.title() + ".";
    return respond(type, status, detail, headers, servletRequest.getRequestURI());
  }

  private ResponseEntity<Object> respond(
      ProblemType type, HttpStatusCode status, String detail, HttpHeaders headers, String path) {
    rejected.increment(type);
    // Ignores Accept, so that an error is never answered with another error.
    return ResponseEntity.status(status)
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(ProblemBody.of(type, status, detail, path));
  }

  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, duration.plusNanos(999_999_999).toSeconds()));
  }
}

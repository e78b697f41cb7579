package dev.tally.common.tracing;

import io.opentelemetry.api.trace.SpanContext;
import org.slf4j.MDC;

/**
 * Lets this thread's log lines name a span, under the names that Spring Boot's logging looks for.
 */
public final class LoggedSpan implements AutoCloseable {

  private LoggedSpan() {}

  /**
   * Until it is closed.
   *
   * @param span the span to be named
   */
  public static LoggedSpan of(SpanContext span) {
    MDC.put("traceId", span.getTraceId());
    MDC.put("spanId", span.getSpanId());
    return new LoggedSpan();
  }

  @Override
  public void close() {
    MDC.remove("traceId");
    MDC.remove("spanId");
  }
}

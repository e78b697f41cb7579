package dev.tally.common.tracing;

import io.opentelemetry.api.trace.SpanContext;
import org.slf4j.MDC;

/**
 * Adds a span's ids to this thread's log lines, under the names that Spring Boot's logging expects.
 */
public final class LoggedSpan implements AutoCloseable {

  private LoggedSpan() {}

  /**
   * Adds the ids until {@link #close}.
   *
   * @param span the span whose ids are logged
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

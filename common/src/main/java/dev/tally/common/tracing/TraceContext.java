package dev.tally.common.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** Converts between {@link Traceparent} headers and OpenTelemetry's contexts. */
public final class TraceContext {

  private static final int TRACE_ID = "00-".length();
  private static final int SPAN_ID = TRACE_ID + 32 + 1;
  private static final int FLAGS = SPAN_ID + 16 + 1;

  private TraceContext() {}

  /** The context of the span that a header names; the root without a valid header. */
  public static Context parent(@Nullable String traceparent) {
    String header = Traceparent.wellFormed(traceparent);
    if (header == null) {
      return Context.root();
    }
    SpanContext remote =
        SpanContext.createFromRemoteParent(
            header.substring(TRACE_ID, TRACE_ID + 32),
            header.substring(SPAN_ID, SPAN_ID + 16),
            TraceFlags.fromHex(header, FLAGS),
            TraceState.getDefault());
    return Context.root().with(Span.wrap(remote));
  }

  /** Whether the trace that a header names is sampled. */
  public static boolean isSampled(@Nullable String traceparent) {
    return Span.fromContext(parent(traceparent)).getSpanContext().isSampled();
  }

  /** The header that names a span. */
  public static String traceparent(SpanContext span) {
    return "00-%s-%s-%s"
        .formatted(span.getTraceId(), span.getSpanId(), span.getTraceFlags().asHex());
  }
}

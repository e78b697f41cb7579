package dev.tally.common.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Records a span for each request. The rest of the service reads the span as the request's {@code
 * traceparent}, so later spans become its children. A span has the route and not the path, because
 * paths contain tokens.
 */
final class ServerSpans extends OncePerRequestFilter {

  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");

  private final Tracer tracer;

  ServerSpans(Tracer tracer) {
    this.tracer = tracer;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Span span =
        tracer
            .spanBuilder(request.getMethod())
            .setSpanKind(SpanKind.SERVER)
            .setParent(TraceContext.parent(request.getHeader(Traceparent.HEADER)))
            .setAttribute(METHOD, request.getMethod())
            .startSpan();
    try (LoggedSpan _ = LoggedSpan.of(span.getSpanContext())) {
      chain.doFilter(
          new Traced(request, TraceContext.traceparent(span.getSpanContext())), response);
    } finally {
      Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
      if (route != null) {
        span.updateName(request.getMethod() + " " + route);
        span.setAttribute(ROUTE, route.toString());
      }
      span.setAttribute(STATUS, (long) response.getStatus());
      if (response.getStatus() >= 500) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    }
  }

  private static final class Traced extends HttpServletRequestWrapper {

    private final String traceparent;

    Traced(HttpServletRequest request, String traceparent) {
      super(request);
      this.traceparent = traceparent;
    }

    @Override
    public @Nullable String getHeader(String name) {
      return name.equalsIgnoreCase(Traceparent.HEADER) ? traceparent : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return name.equalsIgnoreCase(Traceparent.HEADER)
          ? Collections.enumeration(Collections.singleton(traceparent))
          : super.getHeaders(name);
    }
  }
}

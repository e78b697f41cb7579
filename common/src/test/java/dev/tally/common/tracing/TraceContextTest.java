package dev.tally.common.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String SAMPLED = "00-" + TRACE + "-" + SPAN + "-01";
  private static final String UNSAMPLED = "00-" + TRACE + "-" + SPAN + "-00";

  @Test
  void theHeadersSpanIsTheParent() {
    SpanContext parent = Span.fromContext(TraceContext.parent(SAMPLED)).getSpanContext();

    assertThat(parent.getTraceId()).isEqualTo(TRACE);
    assertThat(parent.getSpanId()).isEqualTo(SPAN);
    assertThat(parent.isSampled()).isTrue();
    assertThat(parent.isRemote()).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "00-broken", "01" + "-" + TRACE + "-" + SPAN + "-01"})
  void withoutAWellFormedHeaderThereIsNoParent(String header) {
    assertThat(TraceContext.parent(header)).isSameAs(Context.root());
    assertThat(TraceContext.isSampled(header)).isFalse();
  }

  @Test
  void theClientDecidesWhetherItsTraceIsSampled() {
    assertThat(TraceContext.isSampled(SAMPLED)).isTrue();
    assertThat(TraceContext.isSampled(UNSAMPLED)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {SAMPLED, UNSAMPLED})
  void aSpanIsWrittenAsItWasRead(String header) {
    SpanContext span = Span.fromContext(TraceContext.parent(header)).getSpanContext();

    assertThat(TraceContext.traceparent(span)).isEqualTo(header);
  }
}

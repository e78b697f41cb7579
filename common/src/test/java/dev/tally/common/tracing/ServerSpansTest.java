package dev.tally.common.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.HandlerMapping;

class ServerSpansTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CLIENT_SPAN = "00f067aa0ba902b7";
  private static final String PATH = "/apps/0123456789abcdef0123456789abcdef/chats";

  private final List<SpanData> spans = new ArrayList<>();
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder()
          .addSpanProcessor(SimpleSpanProcessor.create(new Exported(spans)))
          .build();
  private final ServerSpans filter = new ServerSpans(provider.get("test"));
  private final MockHttpServletRequest request = new MockHttpServletRequest("POST", PATH);
  private final MockHttpServletResponse response = new MockHttpServletResponse();

  @AfterEach
  void close() {
    provider.close();
  }

  @Test
  void aSpanNamesTheRouteAndNotThePath() throws Exception {
    request.setAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, "/apps/{token}/chats");
    response.setStatus(201);

    filter.doFilter(request, response, (_, _) -> {});

    SpanData span = onlySpan();
    assertThat(span.getName()).isEqualTo("POST /apps/{token}/chats");
    assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
    assertThat(attribute(span, "http.request.method")).isEqualTo("POST");
    assertThat(attribute(span, "http.route")).isEqualTo("/apps/{token}/chats");
    assertThat(span.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
        .isEqualTo(201);
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(span.toString()).doesNotContain("0123456789abcdef0123456789abcdef");
  }

  @Test
  void aSpanWithoutARouteHasTheMethodForAName() throws Exception {
    filter.doFilter(request, response, (_, _) -> {});

    assertThat(onlySpan().getName()).isEqualTo("POST");
    assertThat(attribute(onlySpan(), "http.route")).isNull();
  }

  @Test
  void theClientsSpanIsTheParent() throws Exception {
    request.addHeader("traceparent", "00-" + TRACE + "-" + CLIENT_SPAN + "-01");

    filter.doFilter(request, response, (_, _) -> {});

    assertThat(onlySpan().getTraceId()).isEqualTo(TRACE);
    assertThat(onlySpan().getParentSpanId()).isEqualTo(CLIENT_SPAN);
  }

  @Test
  void theRestOfTheRequestReadsThisSpanAsItsTraceparent() throws Exception {
    request.addHeader("traceparent", "00-" + TRACE + "-" + CLIENT_SPAN + "-01");
    request.addHeader("Accept", "a");
    request.addHeader("Accept", "b");
    List<String> read = new ArrayList<>();
    List<String> others = new ArrayList<>();

    filter.doFilter(
        request,
        response,
        reading(
            traced -> {
              read.add(traced.getHeader("Traceparent"));
              read.addAll(Collections.list(traced.getHeaders("traceparent")));
              others.add(traced.getHeader("Accept"));
              others.addAll(Collections.list(traced.getHeaders("Accept")));
            }));

    String own = "00-" + TRACE + "-" + onlySpan().getSpanId() + "-01";
    assertThat(read).containsExactly(own, own);
    assertThat(others).containsExactly("a", "a", "b");
  }

  @Test
  void logLinesNameTheSpanUntilTheRequestEnds() throws Exception {
    List<String> logged = new ArrayList<>();

    filter.doFilter(
        request,
        response,
        reading(
            _ -> {
              logged.add(MDC.get("traceId"));
              logged.add(MDC.get("spanId"));
            }));

    assertThat(logged).containsExactly(onlySpan().getTraceId(), onlySpan().getSpanId());
    assertThat(MDC.get("traceId")).isNull();
    assertThat(MDC.get("spanId")).isNull();
  }

  @Test
  void aServerErrorIsAnErrorOfTheSpan() throws Exception {
    response.setStatus(500);

    filter.doFilter(request, response, (_, _) -> {});

    assertThat(onlySpan().getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
  }

  @Test
  void aRefusedRequestIsNoErrorOfTheSpan() throws Exception {
    response.setStatus(499);

    filter.doFilter(request, response, (_, _) -> {});

    assertThat(onlySpan().getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void aRequestThatThrowsEndsItsSpan() {
    assertThatThrownBy(
            () ->
                filter.doFilter(
                    request,
                    response,
                    (_, _) -> {
                      throw new ServletException("test");
                    }))
        .isInstanceOf(ServletException.class);

    assertThat(onlySpan().hasEnded()).isTrue();
    assertThat(MDC.get("traceId")).isNull();
  }

  private interface Reader {
    void read(HttpServletRequest request);
  }

  private static FilterChain reading(Reader reader) {
    return (traced, _) -> reader.read((HttpServletRequest) traced);
  }

  private SpanData onlySpan() {
    assertThat(spans).hasSize(1);
    return spans.getFirst();
  }

  private static @Nullable String attribute(SpanData span, String key) {
    return span.getAttributes().get(AttributeKey.stringKey(key));
  }

  private record Exported(List<SpanData> spans) implements SpanExporter {

    @Override
    public CompletableResultCode export(Collection<SpanData> ended) {
      spans.addAll(ended);
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }
}

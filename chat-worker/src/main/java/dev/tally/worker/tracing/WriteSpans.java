package dev.tally.worker.tracing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.tally.common.queue.Job;
import dev.tally.common.tracing.LoggedSpan;
import dev.tally.common.tracing.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Spans of the work on a batch of writes. Each traced request with a write in the batch gets a
 * span, and all of these last as long as the batch. Does nothing if tracing is off.
 *
 * <p>MySQL does not hold the trace of a message. This process remembers it until the message is
 * indexed. A message that another worker indexes, or this one after a restart, gets no span for
 * that.
 */
@Component
public final class WriteSpans {

  /** Most spans of one batch; further requests are not traced. */
  private static final int MAX_SPANS = 128;

  private static final int MAX_REMEMBERED = 50_000;
  private static final Duration REMEMBERED_FOR = Duration.ofMinutes(10);

  private final @Nullable Tracer tracer;
  private final Cache<Written, String> persisted =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(REMEMBERED_FOR).build();

  WriteSpans(ObjectProvider<Tracer> tracer) {
    this.tracer = tracer.getIfAvailable();
  }

  /**
   * The key of a remembered message. Every app has the same numbers, but hardly ever at the same
   * microsecond.
   */
  public record Written(long chat, long number, Instant acceptedAt) {}

  /** Persists a batch, in spans of its writes' traces. */
  public <B, T> T persisting(Collection<B> batch, Function<B, Job> job, Supplier<T> step) {
    if (tracer == null) {
      return step.get();
    }
    Map<String, Span> spans = new LinkedHashMap<>();
    for (B write : batch) {
      Job its = job.apply(write);
      Span span = span(tracer, "persist", SpanKind.CONSUMER, its.traceparent(), spans);
      if (span != null && its instanceof Job.NewMessage message) {
        // Before the commit: the indexer may read the message right after it.
        persisted.put(
            new Written(
                message.message().chat().number(),
                message.message().number(),
                message.acceptedAt()),
            TraceContext.traceparent(span.getSpanContext()));
      }
    }
    return within(spans.values(), batch.size(), step);
  }

  /** Sends a batch to a search index, in spans of its messages' traces. */
  public <B, T> T indexing(Collection<B> batch, Function<B, Written> written, Supplier<T> step) {
    if (tracer == null) {
      return step.get();
    }
    Map<String, Span> spans = new LinkedHashMap<>();
    for (B message : batch) {
      String traceparent = persisted.getIfPresent(written.apply(message));
      span(tracer, "index", SpanKind.INTERNAL, traceparent, spans);
    }
    return within(spans.values(), batch.size(), step);
  }

  private static @Nullable Span span(
      Tracer tracer,
      String name,
      SpanKind kind,
      @Nullable String traceparent,
      Map<String, Span> spans) {
    if (traceparent == null || !TraceContext.isSampled(traceparent)) {
      return null;
    }
    Span begun = spans.get(traceparent);
    if (begun == null && spans.size() < MAX_SPANS) {
      begun =
          tracer
              .spanBuilder(name)
              .setSpanKind(kind)
              .setParent(TraceContext.parent(traceparent))
              .startSpan();
      spans.put(traceparent, begun);
    }
    return begun;
  }

  private static <T> T within(Collection<Span> spans, int size, Supplier<T> step) {
    List<Span> begun = new ArrayList<>(spans);
    begun.forEach(span -> span.setAttribute("messaging.batch.message_count", size));
    // A log line can name one span only.
    try (LoggedSpan _ =
        begun.size() == 1 ? LoggedSpan.of(begun.getFirst().getSpanContext()) : null) {
      return step.get();
    } catch (RuntimeException e) {
      // Without the exception's message, which may quote what was written.
      begun.forEach(span -> span.setStatus(StatusCode.ERROR, e.getClass().getSimpleName()));
      throw e;
    } finally {
      begun.forEach(Span::end);
    }
  }
}

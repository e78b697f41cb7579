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
 * Spans of what is done with writes, a batch of them at a time: one for each traced request that
 * the batch has writes of, all of them as long as the batch takes. Does nothing while nobody is to
 * be sent spans.
 *
 * <p>The database does not hold what trace a message belongs to. Between its being persisted and
 * its being indexed this process remembers it; a message that another worker indexes, or this one
 * after a restart, has no span for that.
 */
@Component
public final class WriteSpans {

  /** More requests of one batch than this are not traced. */
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
   * What a message is recognised by: numbers alone are used in every app, but hardly at the same
   * microsecond.
   */
  public record Written(long chat, long number, Instant acceptedAt) {}

  /** Persists a batch. */
  public <B, T> T persisting(Collection<B> batch, Function<B, Job> job, Supplier<T> step) {
    if (tracer == null) {
      return step.get();
    }
    Map<String, Span> spans = new LinkedHashMap<>();
    for (B write : batch) {
      Job its = job.apply(write);
      Span span = span(tracer, "persist", SpanKind.CONSUMER, its.traceparent(), spans);
      if (span != null && its instanceof Job.NewMessage message) {
        // before the commit: the indexer may be at it right after
        persisted.put(
            new Written(message.chat(), message.number(), message.acceptedAt()),
            TraceContext.traceparent(span.getSpanContext()));
      }
    }
    return within(spans.values(), batch.size(), step);
  }

  /** Sends a batch to a search index. */
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
    // log lines name one span, so only where there is one
    try (LoggedSpan _ =
        begun.size() == 1 ? LoggedSpan.of(begun.getFirst().getSpanContext()) : null) {
      return step.get();
    } catch (RuntimeException e) {
      // without its message, which may quote what was written
      begun.forEach(span -> span.setStatus(StatusCode.ERROR, e.getClass().getSimpleName()));
      throw e;
    } finally {
      begun.forEach(Span::end);
    }
  }
}

package dev.tally.common.web.request;

import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory that the bodies of all requests may take while they arrive and are worked on. A body
 * counts with the length that its request announces, or with the longest allowed. Who sends many at
 * once gets a quarter at most, and leaves the rest to others.
 */
public final class BodyMemory {

  private static final int SHARES = 4;
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final long limit;
  private final Counter refused;
  private final Counter refusedShare;

  // The fields below are guarded by this.
  private final Map<String, Long> heldByOwner = new HashMap<>();
  private long held;

  /**
   * @param limit bytes of bodies under way
   */
  BodyMemory(long limit, MeterRegistry meters) {
    this.limit = limit;
    Gauge.builder("tally.body.memory.bytes", this, BodyMemory::held)
        .description("Length of the request bodies that arrive or are worked on")
        .register(meters);
    Gauge.builder("tally.body.memory.limit.bytes", () -> limit)
        .description("The most that they may have together")
        .register(meters);
    this.refused = counter("process", meters);
    this.refusedShare = counter("share", meters);
  }

  private static Counter counter(String bound, MeterRegistry meters) {
    return Counter.builder("tally.body.memory.refused")
        .description("Request bodies that were refused because others took the memory")
        .tag("by", bound)
        .register(meters);
  }

  /** What a body takes, until it is closed. */
  @FunctionalInterface
  public interface Held extends AutoCloseable {

    /** A body that takes nothing beyond its connection's own buffer. */
    Held NOTHING = () -> {};

    @Override
    void close();
  }

  /**
   * Takes what the body of a request may need, before it is read.
   *
   * @param owner whose share it is: an app, or a client's address
   * @param longest the longest body that the route reads, in bytes
   * @throws ProblemException 429 if the owner's other bodies take its share, 503 if the bodies of
   *     all take all; the body is not read
   */
  public Held hold(String owner, HttpServletRequest request, int longest) {
    long announced = request.getContentLengthLong();
    long bytes = announced < 0 ? longest : Math.min(announced, longest);
    take(owner, bytes);
    return () -> release(owner, bytes);
  }

  private synchronized void take(String owner, long bytes) {
    long heldByOne = heldByOwner.getOrDefault(owner, 0L);
    // One body is never too much for a share, so that each can be sent.
    if (heldByOne > 0 && heldByOne + bytes > limit / SHARES) {
      refusedShare.increment();
      throw ProblemException.retryable(
          ProblemType.RATE_LIMITED,
          "Too many large bodies are being sent at once: send fewer, or smaller ones.",
          RETRY);
    }
    if (held > 0 && held + bytes > limit) {
      refused.increment();
      throw ProblemException.retryable(
          ProblemType.UNAVAILABLE, "This server has too many large bodies to read.", RETRY);
    }
    held += bytes;
    heldByOwner.put(owner, heldByOne + bytes);
  }

  private synchronized void release(String owner, long bytes) {
    held -= bytes;
    heldByOwner.computeIfPresent(owner, (_, all) -> all == bytes ? null : all - bytes);
  }

  private synchronized long held() {
    return held;
  }
}

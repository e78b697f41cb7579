package dev.tally.api.answer;

import dev.tally.common.log.RepeatedWarning;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Counts the bytes of all answers of this process that clients have not read to their end, and
 * refuses further ones at a limit. A tenth of the limit is for apps that hold less than {@value
 * #SMALL} bytes, so that the slow readers of one app do not stop the reads of others.
 */
@Component
final class AnswerMemory {

  /** A long page, and what is around it. */
  static final long SMALL = 1_200_000;

  /** With less, a few pages would use up the memory. */
  private static final long LEAST = 4 * 1024 * 1024;

  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Logger log = LoggerFactory.getLogger(AnswerMemory.class);

  private final RepeatedWarning full = new RepeatedWarning(log);
  private final long limit;
  private final Counter refused;

  // The fields below are guarded by this.
  private final Map<String, Long> heldByApp = new HashMap<>();
  private long held;

  /**
   * @throws IllegalArgumentException if the share of this process' heap is too small to work with
   */
  @Autowired
  AnswerMemory(AnswerProperties properties, MeterRegistry meters) {
    this((long) (Runtime.getRuntime().maxMemory() * properties.memoryShare()), meters);
  }

  AnswerMemory(long limit, MeterRegistry meters) {
    if (limit < LEAST) {
      throw new IllegalArgumentException(
          "TALLY_ANSWER_MEMORY_SHARE leaves answers %,d bytes of the heap, and they need %,d at least"
              .formatted(limit, LEAST));
    }
    this.limit = limit;
    Gauge.builder("tally.answers.bytes", this, AnswerMemory::held)
        .description("Bytes of answers that clients have not read to their end")
        .register(meters);
    Gauge.builder("tally.answers.bytes.limit", () -> limit)
        .description("The maximum of these bytes in this process")
        .register(meters);
    this.refused =
        Counter.builder("tally.answers.refused")
            .description("Requests refused because answers took up their memory")
            .register(meters);
  }

  /**
   * Takes memory for a part of an answer. The caller must {@link #free} it.
   *
   * @param app the token of the app that the answer belongs to; empty if it belongs to none
   * @throws ProblemException 503 at the limit
   */
  void take(String app, long bytes) {
    synchronized (this) {
      long own = heldByApp.getOrDefault(app, 0L) + bytes;
      if (held + bytes <= (own <= SMALL ? limit : limit - limit / 10)) {
        held += bytes;
        heldByApp.put(app, own);
        return;
      }
    }
    refused.increment();
    full.warn(
        () ->
            "a read is refused: answers that clients have not read yet hold %,d of %,d bytes"
                    .formatted(held(), limit)
                + " (TALLY_ANSWER_MEMORY_SHARE)");
    throw ProblemException.retryable(
        ProblemType.UNAVAILABLE,
        "Slow clients hold the memory that this server has for answers: try again, or with a lower"
            + " limit.",
        RETRY);
  }

  synchronized void free(String app, long bytes) {
    held -= bytes;
    heldByApp.computeIfPresent(app, (_, own) -> own > bytes ? own - bytes : null);
  }

  synchronized long held() {
    return held;
  }
}

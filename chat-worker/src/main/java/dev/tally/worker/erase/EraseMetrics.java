package dev.tally.worker.erase;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.metrics.EnumCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The metrics of the eraser. */
@Component
@Profile("service")
class EraseMetrics {

  private static final Logger log = LoggerFactory.getLogger(EraseMetrics.class);

  private final Erasures erasures;
  private final EnumCounter<Kind> erased;
  private final AtomicLong waiting = new AtomicLong();

  EraseMetrics(Erasures erasures, MeterRegistry meters) {
    this.erasures = erasures;
    this.erased =
        new EnumCounter<>(
            meters,
            "tally.erased",
            "What was erased of what is deleted, and deletions that were queued for authors",
            "kind",
            Kind.class,
            kind -> kind.slug);
    Gauge.builder("tally.erasures.waiting", waiting, AtomicLong::get)
        .description("Chats, apps, authors and histories that are not erased yet, of all workers")
        .register(meters);
  }

  /** What was erased. */
  enum Kind {
    MESSAGE("message"),
    CHANGE("change"),
    CHAT("chat"),
    DOCUMENT("document"),
    RECORD("record"),
    DEAD_LETTER("dead-letter"),
    /** What a change says that was before it. */
    HISTORY("history"),
    /** A deletion that was queued. */
    DELETION("deletion");

    private final String slug;

    Kind(String slug) {
      this.slug = slug;
    }
  }

  void erased(Kind kind, long count) {
    erased.add(kind, count);
  }

  void erased(Rows.Erased rows) {
    erased(Kind.MESSAGE, rows.messages());
    erased(Kind.CHANGE, rows.changes());
    erased(Kind.CHAT, rows.chats());
  }

  @Scheduled(fixedDelayString = "10s", initialDelayString = "5s")
  void measure() {
    try {
      waiting.set(erasures.size());
    } catch (DataAccessException e) {
      log.debug("the erasures could not be counted: {}", LoggedFault.line(e));
    }
  }
}

package dev.tally.worker.indexer;

import dev.tally.common.log.LoggedFault;
import dev.tally.worker.index.Message;
import dev.tally.worker.outbox.SearchOutbox;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The metrics of the indexer. */
@Component
@Profile("service")
class IndexMetrics {

  private static final Logger log = LoggerFactory.getLogger(IndexMetrics.class);

  private final SearchOutbox outbox;
  private final Timer latency;
  private final Timer lag;
  private final DistributionSummary batch;
  private final Counter failures;
  private final Counter refused;
  private final AtomicLong backlog = new AtomicLong();

  IndexMetrics(SearchOutbox outbox, MeterRegistry meters) {
    this.outbox = outbox;
    latency =
        Timer.builder("tally.index.latency")
            .description("Time of a bulk request to one index")
            .publishPercentileHistogram()
            .register(meters);
    lag =
        Timer.builder("tally.lag.search")
            .description(
                "Time from acceptance until the index has taken it, of a batch's oldest message or"
                    + " change")
            .publishPercentileHistogram()
            .register(meters);
    batch =
        DistributionSummary.builder("tally.index.batch")
            .description("Messages in one batch")
            .register(meters);
    failures =
        Counter.builder("tally.index.failures")
            .description("Times that indexing failed and was tried again")
            .register(meters);
    refused =
        Counter.builder("tally.index.refused")
            .description("Documents that Elasticsearch refused, each try counted")
            .register(meters);
    Gauge.builder("tally.outbox.backlog", backlog, AtomicLong::get)
        .description("Ranges of messages that are not indexed yet, of all workers")
        .register(meters);
  }

  <T> T timed(Supplier<T> bulk) {
    return latency.record(bulk);
  }

  void indexed(List<Message> messages, int refusedDocuments) {
    batch.record(messages.size());
    refused.increment(refusedDocuments);
    messages.stream()
        .map(Message::acceptedAt)
        .min(Instant::compareTo)
        .ifPresent(
            oldest -> {
              Duration age = Duration.between(oldest, Instant.now());
              lag.record(age.isNegative() ? Duration.ZERO : age);
            });
  }

  void failed() {
    failures.increment();
  }

  @Scheduled(fixedDelayString = "10s", initialDelayString = "5s")
  void measure() {
    try {
      backlog.set(outbox.size());
    } catch (DataAccessException e) {
      log.debug("the outbox could not be measured: {}", LoggedFault.line(e));
    }
  }
}

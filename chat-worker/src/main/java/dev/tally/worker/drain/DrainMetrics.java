package dev.tally.worker.drain;

import dev.tally.worker.deadletter.DeadLetter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** What the drain tells about itself. */
@Component
final class DrainMetrics {

  private final MeterRegistry meters;
  private final Timer latency;
  private final Timer lag;
  private final DistributionSummary batchSize;
  private final Counter chats;
  private final Counter messages;
  private final Counter redelivered;

  DrainMetrics(MeterRegistry meters) {
    this.meters = meters;
    latency =
        Timer.builder("tally.persist.latency")
            .description("One transaction, from its begin to its commit")
            .publishPercentileHistogram()
            .register(meters);
    lag =
        Timer.builder("tally.lag.persist")
            .description("From acceptance to the commit, of a batch's oldest job")
            .publishPercentileHistogram()
            .register(meters);
    batchSize =
        DistributionSummary.builder("tally.batch.size")
            .description("Jobs in one transaction")
            .register(meters);
    chats = meters.counter("tally.persisted", "kind", "chat");
    messages = meters.counter("tally.persisted", "kind", "message");
    redelivered = meters.counter("tally.redelivered");
    for (DeadLetter.Reason reason : DeadLetter.Reason.values()) {
      meters.counter("tally.dead.letters", "reason", reason.slug());
    }
  }

  <T> T timed(Supplier<T> transaction) {
    return latency.record(transaction);
  }

  void persisted(List<Delivery> deliveries, Persisted persisted) {
    batchSize.record(deliveries.size());
    chats.increment(persisted.chats());
    messages.increment(persisted.messages());
    redelivered.increment(persisted.redelivered());
    Duration oldest = Duration.between(deliveries.getFirst().job().acceptedAt(), Instant.now());
    lag.record(oldest.isNegative() ? Duration.ZERO : oldest);
  }

  void deadLetter(DeadLetter.Reason reason) {
    meters.counter("tally.dead.letters", "reason", reason.slug()).increment();
  }

  void retry(String step) {
    meters.counter("tally.drain.retries", "step", step).increment();
  }
}

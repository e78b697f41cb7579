package dev.tally.worker.drain;

import dev.tally.worker.deadletter.DeadLetter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** What the drain tells about itself. */
@Component
final class DrainMetrics {

  /** What the drain tries until it is done, by the name that logs and metrics have for it. */
  enum Step {
    CLAIMING("claiming"),
    PERSISTING("persisting"),
    ACKNOWLEDGING("acknowledging"),
    RAISING_A_COUNTER("raising a counter");

    private final String text;

    Step(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private final Timer latency;
  private final Timer lag;
  private final DistributionSummary batchSize;
  private final Counter chats;
  private final Counter messages;
  private final Counter redelivered;
  private final Map<DeadLetter.Reason, Counter> deadLetters =
      new EnumMap<>(DeadLetter.Reason.class);
  private final Map<Step, Counter> retries = new EnumMap<>(Step.class);

  DrainMetrics(MeterRegistry meters) {
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
    chats = rows("chat", meters);
    messages = rows("message", meters);
    redelivered =
        Counter.builder("tally.redelivered")
            .description("Jobs that were found persisted already")
            .register(meters);
    for (DeadLetter.Reason reason : DeadLetter.Reason.values()) {
      deadLetters.put(
          reason,
          Counter.builder("tally.dead.letters")
              .description("Jobs that became dead letters")
              .tag("reason", reason.slug())
              .register(meters));
    }
    for (Step step : Step.values()) {
      retries.put(
          step,
          Counter.builder("tally.drain.retries")
              .description("Failures of MySQL or Redis that were met by trying again")
              .tag("step", step.toString())
              .register(meters));
    }
  }

  private static Counter rows(String kind, MeterRegistry meters) {
    return Counter.builder("tally.persisted")
        .description("Rows inserted")
        .tag("kind", kind)
        .register(meters);
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
    Objects.requireNonNull(deadLetters.get(reason)).increment();
  }

  void retry(Step step) {
    Objects.requireNonNull(retries.get(step)).increment();
  }
}

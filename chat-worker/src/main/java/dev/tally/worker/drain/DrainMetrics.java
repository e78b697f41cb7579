package dev.tally.worker.drain;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.metrics.EnumCounter;
import dev.tally.worker.drain.batch.Delivery;
import dev.tally.worker.drain.batch.Persisted;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** The metrics of the drain. */
@Component
final class DrainMetrics {

  /** A step that the drain retries until it succeeds, with its name in logs and metrics. */
  enum Step {
    CLAIMING("claiming"),
    PERSISTING("persisting"),
    COMPARING("comparing"),
    ACKNOWLEDGING("acknowledging"),
    RAISING_A_COUNTER("raising a counter"),
    LOOKING_FOR_GAPS("looking for gaps");

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
  private final Counter changes;
  private final Counter redelivered;
  private final Counter late;
  private final Counter timeouts;
  private final Counter gone;
  private final EnumCounter<DeadLetter.Reason> deadLetters;
  private final EnumCounter<Step> retries;

  DrainMetrics(MeterRegistry meters) {
    latency =
        Timer.builder("tally.persist.latency")
            .description("Time of a transaction, from its begin to its commit")
            .publishPercentileHistogram()
            .register(meters);
    lag =
        Timer.builder("tally.lag.persist")
            .description("Time from acceptance to commit, of a batch's oldest job")
            .publishPercentileHistogram()
            .register(meters);
    batchSize =
        DistributionSummary.builder("tally.batch.size")
            .description("Jobs in one transaction")
            .register(meters);
    chats = rows("chat", meters);
    messages = rows("message", meters);
    changes = rows("change", meters);
    redelivered =
        Counter.builder("tally.redelivered")
            .description("Jobs whose rows were persisted already")
            .register(meters);
    late =
        Counter.builder("tally.late.jobs")
            .description("Jobs about what has been deleted, which add nothing")
            .register(meters);
    timeouts =
        Counter.builder("tally.persist.timeouts")
            .description("Transactions that took too long and were rolled back")
            .register(meters);
    gone =
        Counter.builder("tally.jobs.gone")
            .description(
                "Accepted jobs that somebody deleted from Redis before they were persisted")
            .register(meters);
    deadLetters =
        new EnumCounter<>(
            meters,
            "tally.dead.letters",
            "Jobs that became dead letters",
            "reason",
            DeadLetter.Reason.class,
            DeadLetter.Reason::slug);
    retries =
        new EnumCounter<>(
            meters,
            "tally.drain.retries",
            "Failures of MySQL or Redis after which the worker tried again",
            "step",
            Step.class,
            Step::toString);
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
    changes.increment(persisted.changes());
    redelivered.increment(persisted.redelivered());
    late.increment(persisted.late());
    Duration oldest = Duration.between(deliveries.getFirst().job().acceptedAt(), Instant.now());
    lag.record(oldest.isNegative() ? Duration.ZERO : oldest);
  }

  void timeout() {
    timeouts.increment();
  }

  void gone(long jobs) {
    gone.increment((double) jobs);
  }

  void deadLetter(DeadLetter.Reason reason) {
    deadLetters.increment(reason);
  }

  void retry(Step step) {
    retries.increment(step);
  }
}

package dev.tally.worker.drain;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.UndecodableJobException;
import dev.tally.worker.deadletter.DeadLetter;
import dev.tally.worker.drain.batch.Delivery;
import dev.tally.worker.drain.batch.Persisted;
import dev.tally.worker.drain.batch.Persister;
import dev.tally.worker.drain.batch.Rejection;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseLostException;
import dev.tally.worker.lease.LeasedWork;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.tracing.WriteSpans;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Drains a partition: claim, persist, acknowledge, again. A step that fails because a server is
 * away is retried until it succeeds or the lease ends, so jobs stay in order. A job that can never
 * be persisted is rejected, and blocks nothing.
 */
@Component
final class Drain implements LeasedWork {

  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private static final Duration FIRST_IDLE = Duration.ofMillis(2);

  private final QueueScripts queue;
  private final Persister persister;
  private final CounterRaise counters;
  private final JobCodec codec;
  private final SearchOutbox outbox;
  private final HintPublisher hints;
  private final DrainMetrics metrics;
  private final WriteSpans spans;
  private final Duration idle;

  Drain(
      QueueScripts queue,
      Persister persister,
      CounterRaise counters,
      JobCodec codec,
      SearchOutbox outbox,
      HintPublisher hints,
      DrainMetrics metrics,
      WriteSpans spans,
      DrainProperties properties) {
    this.queue = queue;
    this.persister = persister;
    this.counters = counters;
    this.codec = codec;
    this.outbox = outbox;
    this.hints = hints;
    this.metrics = metrics;
    this.spans = spans;
    this.idle = properties.idle();
  }

  @Override
  public void run(Lease lease) {
    Duration pause = FIRST_IDLE;
    while (lease.held()) {
      Claim claim = untilDone(lease, DrainMetrics.Step.CLAIMING, () -> queue.claim(lease));
      if (claim.jobs().isEmpty()) {
        lease.pause(pause);
        pause = pause.multipliedBy(2).compareTo(idle) < 0 ? pause.multipliedBy(2) : idle;
        continue;
      }
      pause = FIRST_IDLE;
      process(lease, claim);
    }
  }

  private void process(Lease lease, Claim claim) {
    if (claim.redelivered()) {
      log.info(
          "partition {}: {} jobs were claimed before and not acknowledged",
          lease.keys().partition(),
          claim.jobs().size());
    }
    List<Rejection> rejections = new ArrayList<>();
    List<Delivery> deliveries = decode(claim.jobs(), rejections);
    persist(lease, deliveries, rejections);
    List<String> deadLetters = new ArrayList<>(rejections.size());
    for (Rejection rejection : rejections) {
      DeadLetter letter = DeadLetter.now(rejection.reason(), rejection.raw());
      deadLetters.add(letter.encode());
      metrics.deadLetter(rejection.reason());
      log.error(
          "partition {}: a job can never be persisted ({}), it is dead letter {}",
          lease.keys().partition(),
          rejection.reason().slug(),
          letter.id());
    }
    untilDone(
        lease,
        DrainMetrics.Step.ACKNOWLEDGING,
        () -> {
          queue.acknowledge(lease, claim, deadLetters);
          return true;
        });
  }

  private List<Delivery> decode(List<byte[]> jobs, List<Rejection> rejections) {
    List<Delivery> deliveries = new ArrayList<>(jobs.size());
    for (byte[] raw : jobs) {
      try {
        String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
        deliveries.add(new Delivery(raw, codec.decode(text)));
      } catch (CharacterCodingException | UndecodableJobException e) {
        rejections.add(new Rejection(raw, null, DeadLetter.Reason.UNDECODABLE));
      }
    }
    return deliveries;
  }

  /**
   * Persists the deliveries in one transaction. If MySQL does not take a value, halves the batch
   * until the job with that value is alone, and rejects that job.
   */
  private void persist(Lease lease, List<Delivery> deliveries, List<Rejection> rejections) {
    if (deliveries.isEmpty()) {
      return;
    }
    try {
      Persisted persisted =
          untilDone(
              lease,
              DrainMetrics.Step.PERSISTING,
              () ->
                  spans.persisting(
                      deliveries,
                      Delivery::job,
                      () -> metrics.timed(() -> persister.persist(deliveries, lease))));
      metrics.persisted(deliveries, persisted);
      hints.publish(lease.keys(), deliveries);
      if (persisted.messages() > 0) {
        outbox.wake();
      }
      for (Rejection rejection : persisted.rejections()) {
        rejections.add(rejection);
        if (rejection.reason() == DeadLetter.Reason.NUMBER_TAKEN) {
          untilDone(
              lease,
              DrainMetrics.Step.RAISING_A_COUNTER,
              () -> counters.raise(lease.keys(), rejection.job()));
        }
      }
    } catch (Persister.InvalidValueException e) {
      if (deliveries.size() == 1) {
        rejections.add(Rejection.of(deliveries.getFirst(), DeadLetter.Reason.REFUSED));
        return;
      }
      int half = deliveries.size() / 2;
      persist(lease, deliveries.subList(0, half), rejections);
      persist(lease, deliveries.subList(half, deliveries.size()), rejections);
    }
  }

  private <T> T untilDone(Lease lease, DrainMetrics.Step step, Supplier<T> work) {
    BackOffExecution backOff = backOff().start();
    int failures = 0;
    while (true) {
      try {
        T result = work.get();
        if (failures > 0) {
          log.info(
              "partition {}: {} works again after {} failures",
              lease.keys().partition(),
              step,
              failures);
        }
        return result;
      } catch (DataAccessException | TransactionException e) {
        metrics.retry(step);
        if (failures++ % 10 == 0) {
          log.warn(
              "partition {}: {} failed and is tried again: {}",
              lease.keys().partition(),
              step,
              LoggedFault.line(e));
        }
        lease.pause(Duration.ofMillis(backOff.nextBackOff()));
        if (!lease.held()) {
          throw new LeaseLostException(lease.keys().partition());
        }
      }
    }
  }

  private static ExponentialBackOff backOff() {
    ExponentialBackOff backOff = new ExponentialBackOff(50, 2);
    backOff.setMaxInterval(5_000);
    backOff.setJitter(25);
    return backOff;
  }
}

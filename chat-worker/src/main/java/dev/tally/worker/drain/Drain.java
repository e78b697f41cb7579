package dev.tally.worker.drain;

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
import dev.tally.worker.retry.Retry;
import dev.tally.worker.tracing.WriteSpans;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.util.backoff.BackOff;

/**
 * Drains a partition: claim, persist, acknowledge, again. A step that fails because a server is
 * away is retried until it succeeds or the lease ends, so jobs stay in order. A job that can never
 * be persisted is rejected, and blocks nothing.
 */
@Component
final class Drain implements LeasedWork {

  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private static final Duration FIRST_IDLE = Duration.ofMillis(2);

  private static final BackOff BACK_OFF =
      Retry.endless(Duration.ofMillis(50), Duration.ofSeconds(5));

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
      Claim claim = retry(lease, DrainMetrics.Step.CLAIMING).call(() -> queue.claim(lease));
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
    retry(lease, DrainMetrics.Step.ACKNOWLEDGING)
        .run(() -> queue.acknowledge(lease, claim, deadLetters));
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
          retry(lease, DrainMetrics.Step.PERSISTING)
              .call(
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
          retry(lease, DrainMetrics.Step.RAISING_A_COUNTER)
              .run(() -> counters.raise(lease.keys(), rejection.job()));
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

  private Retry retry(Lease lease, DrainMetrics.Step step) {
    int partition = lease.keys().partition();
    return new Retry(
        log,
        "partition " + partition + ": " + step,
        BACK_OFF,
        time -> {
          lease.pause(time);
          if (!lease.held()) {
            throw new LeaseLostException(partition);
          }
        },
        () -> metrics.retry(step));
  }
}

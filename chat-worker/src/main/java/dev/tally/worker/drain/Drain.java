package dev.tally.worker.drain;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.UndecodableJobException;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.util.backoff.BackOff;

/**
 * Drains a partition: claim, persist, acknowledge, again. A step that fails because a server is
 * away is retried until it succeeds or the lease ends, so jobs stay in order. A job that can never
 * be persisted is rejected, and blocks nothing.
 *
 * <p>A batch is usually one transaction. What cannot be persisted at once is tried again in smaller
 * transactions: after a timeout, until they are fast enough; around a value that MySQL does not
 * take, until the job with that value is alone.
 */
@Component
final class Drain implements LeasedWork {

  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private static final Duration FIRST_IDLE = Duration.ofMillis(2);

  /** A batch size is worth a line in the log if it is smaller than this part of the largest. */
  private static final int NOTABLY_SMALL = 8;

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
  private final DrainProperties properties;

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
    this.properties = properties;
  }

  @Override
  public void run(Lease lease) {
    new Work(lease).run();
  }

  /** The work under one lease. */
  private final class Work {

    private final Lease lease;
    private final int partition;
    private final Map<DrainMetrics.Step, Retry> retries = new EnumMap<>(DrainMetrics.Step.class);
    private BatchSize size = BatchSize.of(properties.batchJobs(), properties.transactionTarget());
    private boolean small;

    Work(Lease lease) {
      this.lease = lease;
      this.partition = lease.keys().partition();
      for (DrainMetrics.Step step : DrainMetrics.Step.values()) {
        retries.put(
            step,
            new Retry(
                log,
                "partition " + partition + ": " + step,
                BACK_OFF,
                this::pause,
                () -> metrics.retry(step)));
      }
    }

    void run() {
      Duration pause = FIRST_IDLE;
      Duration idle = properties.idle();
      while (lease.held()) {
        Claim claim = retry(DrainMetrics.Step.CLAIMING).call(() -> queue.claim(lease, size.jobs()));
        if (claim.jobs().isEmpty()) {
          lease.pause(pause);
          pause = pause.multipliedBy(2).compareTo(idle) < 0 ? pause.multipliedBy(2) : idle;
          continue;
        }
        pause = FIRST_IDLE;
        process(claim);
      }
    }

    private void process(Claim claim) {
      if (claim.redelivered()) {
        log.info(
            "partition {}: {} jobs were claimed before and not acknowledged",
            partition,
            claim.jobs().size());
      }
      List<Rejection> rejections = new ArrayList<>();
      List<Delivery> deliveries = decode(claim.jobs(), rejections);
      if (!persist(deliveries, rejections)) {
        // The partition's next owner gets the batch again, and finds the rows that are persisted.
        return;
      }
      List<String> deadLetters = new ArrayList<>(rejections.size());
      for (Rejection rejection : rejections) {
        DeadLetter letter = DeadLetter.now(rejection.reason(), rejection.raw());
        deadLetters.add(letter.encode());
        metrics.deadLetter(rejection.reason());
        log.error(
            "partition {}: a job can never be persisted ({}), it is dead letter {}",
            partition,
            rejection.reason().slug(),
            letter.id());
      }
      retry(DrainMetrics.Step.ACKNOWLEDGING)
          .run(() -> queue.acknowledge(lease, claim, deadLetters));
    }

    /**
     * Persists the deliveries in order, in one transaction or several.
     *
     * @return false if the lease ended between two transactions
     */
    private boolean persist(List<Delivery> deliveries, List<Rejection> rejections) {
      int done = 0;
      // Smaller than the batch while it is unknown which job has a value that MySQL does not take.
      int bound = deliveries.size();
      while (done < deliveries.size()) {
        if (done > 0 && !lease.held()) {
          return false;
        }
        List<Delivery> next = deliveries.subList(done, Math.min(done + bound, deliveries.size()));
        try {
          Part part = retry(DrainMetrics.Step.PERSISTING).call(() -> transact(first(next)));
          settle(part, rejections);
          done += part.deliveries().size();
        } catch (Persister.InvalidValueException e) {
          List<Delivery> refused = first(next);
          if (refused.size() > 1) {
            bound = refused.size() / 2;
          } else {
            rejections.add(Rejection.of(refused.getFirst(), DeadLetter.Reason.REFUSED));
            done++;
            bound = deliveries.size();
          }
        }
      }
      return true;
    }

    private List<Delivery> first(List<Delivery> next) {
      return next.subList(0, Math.min(size.jobs(), next.size()));
    }

    /** Tries one transaction. */
    private Part transact(List<Delivery> part) {
      long begin = System.nanoTime();
      try {
        Persisted persisted =
            spans.persisting(
                part, Delivery::job, () -> metrics.timed(() -> persister.persist(part, lease)));
        resize(size.after(part.size(), since(begin)));
        return new Part(part, persisted);
      } catch (Persister.TimedOutException e) {
        metrics.timeout();
        resize(size.afterTimeout(part.size(), since(begin)));
        throw e;
      }
    }

    /** Logs a change that people should know of, not each step of it. */
    private void resize(BatchSize next) {
      size = next;
      if (!small && size.jobs() < size.most() / NOTABLY_SMALL) {
        small = true;
        log.warn(
            "partition {}: transactions take too long, so they have at most {} jobs in place of {};"
                + " find out what slows MySQL down (SHOW PROCESSLIST, row locks, its disk)",
            partition,
            size.jobs(),
            size.most());
      } else if (small && size.jobs() == size.most()) {
        small = false;
        log.info("partition {}: transactions are fast again", partition);
      }
    }

    private void settle(Part part, List<Rejection> rejections) {
      Persisted persisted = part.persisted();
      metrics.persisted(part.deliveries(), persisted);
      hints.publish(lease.keys(), part.deliveries());
      if (persisted.messages() > 0) {
        outbox.wake();
      }
      for (Rejection rejection : persisted.rejections()) {
        rejections.add(rejection);
        if (rejection.reason() == DeadLetter.Reason.NUMBER_TAKEN) {
          retry(DrainMetrics.Step.RAISING_A_COUNTER)
              .run(() -> counters.raise(lease.keys(), rejection.job()));
        }
      }
    }

    private Retry retry(DrainMetrics.Step step) {
      return Objects.requireNonNull(retries.get(step));
    }

    private void pause(Duration time) {
      lease.pause(time);
      if (!lease.held()) {
        throw new LeaseLostException(partition);
      }
    }
  }

  /** The deliveries of one transaction, and its result. */
  private record Part(List<Delivery> deliveries, Persisted persisted) {}

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

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}

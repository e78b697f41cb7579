package dev.tally.worker.drain;

import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.queue.JobCodec;
import dev.tally.worker.drain.batch.Delivery;
import dev.tally.worker.drain.batch.Persisted;
import dev.tally.worker.drain.batch.Persister;
import dev.tally.worker.drain.batch.Rejection;
import dev.tally.worker.drain.gap.GapMonitor;
import dev.tally.worker.drain.queue.Claim;
import dev.tally.worker.drain.queue.NewerJobs;
import dev.tally.worker.drain.queue.QueueScripts;
import dev.tally.worker.lease.Lease;
import dev.tally.worker.lease.LeaseLostException;
import dev.tally.worker.lease.LeasedWork;
import dev.tally.worker.outbox.SearchOutbox;
import dev.tally.worker.retry.Retry;
import dev.tally.worker.tracing.WriteSpans;
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
 * be persisted is rejected, and blocks nothing. A job that only a newer worker knows is left to
 * one, with all that come after it.
 *
 * <p>A batch is usually one transaction. What cannot be persisted at once is tried again in smaller
 * transactions: after a timeout, until they are fast enough; around a value that MySQL does not
 * take, until the job with that value is alone.
 */
@Component
final class Drain implements LeasedWork {

  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private static final Duration FIRST_IDLE = Duration.ofMillis(2);

  /** How often an idle partition is compared: nothing else notices that MySQL was set back. */
  private static final Duration GLANCE = Duration.ofSeconds(5);

  private static final BackOff BACK_OFF =
      Retry.endless(Duration.ofMillis(50), Duration.ofSeconds(5));

  private final QueueScripts queue;
  private final SetBacks setBacks;
  private final Persister persister;
  private final CounterRaise counters;
  private final GapMonitor gaps;
  private final JobCodec codec;
  private final SearchOutbox outbox;
  private final HintPublisher hints;
  private final NewerJobs newer;
  private final DrainMetrics metrics;
  private final WriteSpans spans;
  private final DrainProperties properties;

  Drain(
      QueueScripts queue,
      SetBacks setBacks,
      Persister persister,
      CounterRaise counters,
      GapMonitor gaps,
      JobCodec codec,
      SearchOutbox outbox,
      HintPublisher hints,
      NewerJobs newer,
      DrainMetrics metrics,
      WriteSpans spans,
      DrainProperties properties) {
    this.queue = queue;
    this.setBacks = setBacks;
    this.persister = persister;
    this.counters = counters;
    this.gaps = gaps;
    this.codec = codec;
    this.outbox = outbox;
    this.hints = hints;
    this.newer = newer;
    this.metrics = metrics;
    this.spans = spans;
    this.properties = properties;
  }

  @Override
  public void run(Lease lease) {
    newer.run(lease, new Work(lease)::run);
  }

  /** The work under one lease. */
  private final class Work {

    private final Lease lease;
    private final int partition;
    private final Map<DrainMetrics.Step, Retry> retries = new EnumMap<>(DrainMetrics.Step.class);
    private final Pace pace;

    Work(Lease lease) {
      this.lease = lease;
      this.partition = lease.keys().partition();
      this.pace = new Pace(partition, properties);
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
      retry(DrainMetrics.Step.COMPARING).run(() -> setBacks.settle(lease.keys()));
      setBacks.glance(lease);
      long glanced = System.nanoTime();
      while (lease.held()) {
        Claim claim = retry(DrainMetrics.Step.CLAIMING).call(() -> queue.claim(lease, pace.jobs()));
        setBacks.report(partition, claim.gone());
        if (claim.jobs().isEmpty()) {
          lease.pause(pause);
          pause = pause.multipliedBy(2).compareTo(idle) < 0 ? pause.multipliedBy(2) : idle;
          if (since(glanced).compareTo(GLANCE) > 0 && lease.held()) {
            setBacks.glance(lease);
            glanced = System.nanoTime();
          }
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
      List<Delivery> deliveries =
          Delivery.decode(claim.jobs(), codec, raw -> rejections.add(Rejection.undecodable(raw)));
      try {
        if (!finish(claim, deliveries, rejections)) {
          setBacks.leave(lease.keys(), claim.place(), deliveries);
        }
      } catch (LeaseLostException e) {
        setBacks.leave(lease.keys(), claim.place(), deliveries);
        throw e;
      }
    }

    /** Returns false if the lease ended before all jobs were settled. */
    private boolean finish(Claim claim, List<Delivery> deliveries, List<Rejection> rejections) {
      try {
        if (!persist(claim, deliveries, rejections)) {
          return false;
        }
      } catch (Persister.DisagreementException e) {
        log.warn("{}; they are compared", e.getMessage());
        retry(DrainMetrics.Step.COMPARING)
            .run(() -> setBacks.giveUp(lease, claim.place(), deliveries));
        return true;
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
      return true;
    }

    /**
     * Persists the deliveries of a batch in order, in one transaction or several. The last one says
     * that the whole batch is settled, with the jobs that are rejected.
     *
     * @return false if the lease ended between two transactions
     */
    private boolean persist(Claim claim, List<Delivery> deliveries, List<Rejection> rejections) {
      int done = 0;
      boolean isSettled = false;
      // Smaller than the batch while it is unknown which job has a value that MySQL does not take.
      int bound = deliveries.size();
      while (done < deliveries.size()) {
        if (done > 0 && !lease.held()) {
          return false;
        }
        List<Delivery> next = deliveries.subList(done, Math.min(done + bound, deliveries.size()));
        try {
          int before = done;
          Part part =
              retry(DrainMetrics.Step.PERSISTING)
                  .call(() -> transact(first(next), claim, before, deliveries.size()));
          settle(part, rejections);
          done += part.deliveries().size();
          isSettled = done == deliveries.size();
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
      if (!isSettled) {
        retry(DrainMetrics.Step.PERSISTING)
            .call(() -> persister.persist(List.of(), claim.place(), claim.jobs().size(), lease));
      }
      return true;
    }

    private List<Delivery> first(List<Delivery> next) {
      return Delivery.first(next, pace.jobs());
    }

    /** Tries one transaction. */
    private Part transact(List<Delivery> part, Claim claim, int before, int all) {
      long begin = System.nanoTime();
      int after = before + part.size();
      int done = after == all ? claim.jobs().size() : after;
      try {
        Persisted persisted =
            spans.persisting(
                part,
                Delivery::job,
                () -> metrics.timed(() -> persister.persist(part, claim.place(), done, lease)));
        pace.committed(part.size(), since(begin));
        return new Part(part, persisted);
      } catch (Persister.TimedOutException e) {
        metrics.timeout();
        pace.timedOut(part.size(), since(begin));
        throw e;
      }
    }

    private void settle(Part part, List<Rejection> rejections) {
      Persisted persisted = part.persisted();
      metrics.persisted(part.deliveries(), persisted);
      hints.publish(lease.keys(), part.deliveries());
      if (persisted.messages() + persisted.changes() > 0) {
        outbox.wake();
      }
      if (!persisted.skipped().isEmpty()) {
        retry(DrainMetrics.Step.LOOKING_FOR_GAPS)
            .run(() -> gaps.report(partition, persisted.skipped()));
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

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }
}

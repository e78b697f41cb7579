package dev.tally.worker.drain.queue;

import dev.tally.common.log.RepeatedWarning;
import dev.tally.common.queue.NewerJobException;
import dev.tally.worker.lease.Lease;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What a worker does about jobs that only a newer worker knows: a newer gateway queued them. */
@Component
public final class NewerJobs {

  private static final Logger log = LoggerFactory.getLogger(NewerJobs.class);

  /** How long such a partition is left alone. A lease that ends makes it shorter. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final RepeatedWarning warning = new RepeatedWarning(log);
  private final Counter givenBack;

  /** Registers the metric of partitions that are given back. */
  public NewerJobs(MeterRegistry meters) {
    givenBack =
        Counter.builder("tally.partitions.given.back")
            .description("Times that this worker gave a partition back because of a newer job")
            .register(meters);
  }

  /**
   * Works on a partition until its lease ends, or until it meets a newer job. Then this waits a
   * little and returns, so that a newer worker may get the partition. A batch that was claimed
   * stays claimed, and the partition's next owner gets it again.
   */
  public void run(Lease lease, Runnable work) {
    try {
      work.run();
    } catch (NewerJobException e) {
      givenBack.increment();
      warning.warn(
          () ->
              "partition %d is given back, and its jobs wait: %s"
                  .formatted(lease.keys().partition(), e.getMessage()));
      lease.pause(PAUSE);
    }
  }
}

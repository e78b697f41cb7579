package dev.tally.worker.lease;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How partitions pass from worker to worker.
 *
 * @param duration how long a lease lasts unless it is renewed, which happens four times as often. A
 *     partition whose worker dies waits this long for the next one; a worker that does not reach
 *     Redis for this long stops.
 */
@Validated
@ConfigurationProperties("tally.worker.lease")
public record LeaseProperties(
    @DefaultValue("6s") @DurationMin(seconds = 1) @DurationMax(minutes = 5) Duration duration) {

  Duration heartbeat() {
    return duration.dividedBy(4);
  }
}

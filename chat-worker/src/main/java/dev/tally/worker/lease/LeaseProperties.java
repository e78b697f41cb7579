package dev.tally.worker.lease;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How leases pass from worker to worker.
 *
 * @param duration how long a lease lasts unless its worker renews it; a worker renews four times in
 *     this time. With less, another worker takes over sooner from one that died. With more, workers
 *     survive a longer outage of Redis: a worker that does not reach Redis for this long stops.
 */
@Validated
@ConfigurationProperties("tally.worker.lease")
public record LeaseProperties(
    @DefaultValue("6s") @DurationMin(seconds = 1) @DurationMax(minutes = 5) Duration duration) {

  Duration heartbeat() {
    return duration.dividedBy(4);
  }
}

package dev.tally.worker.drain;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How the queue is drained.
 *
 * @param batchJobs most jobs in one claim and one transaction. A deep queue fills batches, and the
 *     more of a chat's messages are in one, the less each costs: its chat is locked, counted and
 *     noted for search once. What bounds it is how long other writers wait for these locks.
 * @param batchBytes most bytes of jobs in one claim; a single job may exceed it
 * @param idle how long a partition that has just been empty is left alone, at most; the first look
 *     comes sooner
 * @param transactionTimeout how long MySQL may take over one batch before it is rolled back and
 *     tried again
 */
@Validated
@ConfigurationProperties("tally.worker.drain")
record DrainProperties(
    @DefaultValue("4000") @Min(1) @Max(10_000) int batchJobs,
    @DefaultValue("4MB") DataSize batchBytes,
    @DefaultValue("50ms") @DurationMin(millis = 1) Duration idle,
    @DefaultValue("30s") @DurationMin(seconds = 1) Duration transactionTimeout) {}

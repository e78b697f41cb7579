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
 * @param batchJobs most jobs in one claim and one transaction; there are fewer while MySQL is slow.
 *     A long queue fills batches, and more jobs in a batch make each cheaper: a chat is locked,
 *     counted and put in the outbox once for all its messages. More jobs also make other writers
 *     wait longer for these locks.
 * @param batchBytes most bytes of jobs in one claim; a single job may exceed it
 * @param turnJobs most jobs that an app gets into a batch before the next app of its partition gets
 *     its turn. Turns go round until the batch is full.
 * @param turnBytes bytes of jobs after which an app's turn ends, too
 * @param idle longest pause before a worker looks again at a queue that it found empty. The first
 *     pause is 2 ms, and each is twice as long as the one before. Less finds a new job sooner; more
 *     asks Redis less often.
 * @param transactionTarget how long a transaction should take. After one that takes longer, the
 *     partition's transactions have fewer jobs, unless more jobs turn out to be faster job by job.
 *     With less, rows are readable and their locks free sooner while MySQL is slow. With more,
 *     there are fewer transactions, and it takes less of a slowdown to make one time out.
 * @param transactionTimeout how long a transaction may take before it is rolled back and its jobs
 *     are tried again in smaller ones; in whole seconds. Many times the target, and less than the
 *     driver's {@code socketTimeout}: the driver then ends the statement in MySQL, too.
 */
@Validated
@ConfigurationProperties("tally.worker.drain")
record DrainProperties(
    @DefaultValue("4000") @Min(1) @Max(10_000) int batchJobs,
    @DefaultValue("4MB") DataSize batchBytes,
    @DefaultValue("64") @Min(1) int turnJobs,
    @DefaultValue("64KB") DataSize turnBytes,
    @DefaultValue("50ms") @DurationMin(millis = 1) Duration idle,
    @DefaultValue("1s") @DurationMin(millis = 1) Duration transactionTarget,
    @DefaultValue("30s") @DurationMin(seconds = 1) Duration transactionTimeout) {}

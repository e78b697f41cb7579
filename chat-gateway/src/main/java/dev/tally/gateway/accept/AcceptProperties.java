package dev.tally.gateway.accept;

import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How much the gateway accepts before the database has it. It answers a write beyond either limit
 * with 503.
 *
 * @param queueLimit how many jobs may wait in one partition. More lets writes go on longer while
 *     MySQL is down; less needs less memory in Redis. An app that has 1,000 jobs or more waiting
 *     leaves a tenth of each of the three limits to apps with fewer.
 * @param queueBytes how long the jobs that wait in one partition may be together
 * @param redisMemoryShare the share of its {@code maxmemory} that Redis may use, 0.1 to 1. More
 *     lets writes go on longer; less leaves more for counters, idempotency records and dead
 *     letters. With 1, Redis itself refuses the writes that it has no memory for.
 */
@Validated
@ConfigurationProperties("tally.gateway")
public record AcceptProperties(
    @Min(1) int queueLimit,
    DataSize queueBytes,
    @DecimalMin("0.1") @DecimalMax("1") double redisMemoryShare) {

  /** An app with many jobs waiting leaves one part in so many of each limit to the others. */
  static final int RESERVED = 10;

  public AcceptProperties {
    if (queueBytes.toBytes() < 1) {
      throw new IllegalArgumentException(
          "TALLY_QUEUE_BYTES must be a positive size, for instance 64MB, not " + queueBytes);
    }
  }
}

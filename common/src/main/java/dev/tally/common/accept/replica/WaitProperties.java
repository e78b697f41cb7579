package dev.tally.common.accept.replica;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.validation.annotation.Validated;

/**
 * How many replicas of Redis must have a write before its client gets the number.
 *
 * @param replicas 0 waits for none. With as many as there are replicas, a write that was answered
 *     survives any failover, and the loss of one replica stops all writes. With fewer, writes go on
 *     without the others, and a failover must promote a replica that has the latest ones.
 * @param timeout how long Redis waits for the replicas. Less refuses sooner while replicas are
 *     away; more bears with slower ones. It must be shorter than the longest time that the service
 *     waits for an answer of Redis.
 */
@Validated
@ConfigurationProperties("tally.redis.wait")
public record WaitProperties(
    @Min(0) @Max(9) int replicas, @DurationMin(millis = 1) Duration timeout) {

  /** Whether any replica must have a write. */
  public boolean isOn() {
    return replicas > 0;
  }

  /**
   * Checks the setting against the client that it is for.
   *
   * @param commandTimeout the longest time that the client waits for an answer
   * @throws InvalidConfigurationPropertyValueException if they do not go together
   */
  public void requireFor(boolean cluster, Duration commandTimeout) {
    if (!isOn()) {
      return;
    }
    if (cluster) {
      throw new InvalidConfigurationPropertyValueException(
          "tally.redis.wait.replicas",
          replicas,
          """
          Tally does not wait for the replicas of a Redis Cluster: set TALLY_WAIT_FOR_REPLICAS to 0, \
          or leave out TALLY_REDIS_CLUSTER_NODES.""");
    }
    if (timeout.compareTo(commandTimeout) >= 0) {
      throw new InvalidConfigurationPropertyValueException(
          "tally.redis.wait.timeout",
          timeout,
          """
          The service waits for an answer of Redis for %s at most: set TALLY_WAIT_TIMEOUT to less."""
              .formatted(commandTimeout));
    }
  }
}

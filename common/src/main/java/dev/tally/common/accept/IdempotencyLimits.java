package dev.tally.common.accept;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * How long Redis keeps the records of idempotency keys, and how many.
 *
 * <p>A record takes about 50 to 110 bytes if its app writes some of them in half a life, and 270 if
 * it is alone ({@code IdempotencyRecordsIT} measures it). Records live for up to one and a half
 * lives, because those of half a life expire together.
 *
 * @param life the shortest life of a record. More lets clients repeat a write for longer; less
 *     needs less memory. With another life, records that exist live as long as they would have.
 * @param recordsPerApp most records of one app; 0 means no limit. More lets an app make more writes
 *     with a key; less leaves more memory to others.
 */
@Validated
@ConfigurationProperties("tally.idempotency")
public record IdempotencyLimits(
    @DurationMin(minutes = 1) @DurationMax(days = 30) Duration life, @Min(0) long recordsPerApp) {

  /** The scripts' number for no limit. */
  private static final long NONE = 1L << 52;

  /**
   * Slices take turns in three hashes of an app, and a hash lives until a life after its slice has
   * ended. It is gone before its next turn if two slices are longer than a life.
   */
  private static final Duration BETWEEN_TURNS = Duration.ofSeconds(2);

  /** How long records are written to the same slice. */
  Duration slice() {
    return life.plus(BETWEEN_TURNS).dividedBy(2);
  }

  /** Most records of an app, or a number that is never reached. */
  long mostRecords() {
    return recordsPerApp == 0 ? NONE : recordsPerApp;
  }
}

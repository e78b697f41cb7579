package dev.tally.gateway.accept;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.startup.IncompatibleDataException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Tells how many idempotency records Redis has. Every gateway tells the same of all partitions. */
@Component
final class RecordCount {

  private static final Logger log = LoggerFactory.getLogger(RecordCount.class);

  /** What {@code lua/accept.lua} writes for each slice of time: until when, and how many. */
  private static final Pattern COUNT = Pattern.compile("(\\d{1,15}) (\\d{1,15})");

  private final StringRedisTemplate redis;
  private final RedisLayout layout;
  private final Clock clock;
  private volatile double records = Double.NaN;

  RecordCount(StringRedisTemplate redis, RedisLayout layout, Clock clock, MeterRegistry meters) {
    this.redis = redis;
    this.layout = layout;
    this.clock = clock;
    Gauge.builder("tally.idempotency.records", () -> records)
        .description("Idempotency records in Redis, of all apps")
        .register(meters);
  }

  @Scheduled(fixedDelayString = "10s")
  void count() {
    HashOperations<String, String, String> hashes = redis.opsForHash();
    try {
      long sum = 0;
      for (int i = 0; i < layout.partitions().count(); i++) {
        String state = new PartitionKeys(i).state();
        for (String slice : hashes.multiGet(state, PartitionKeys.RECORDS)) {
          sum += count(slice);
        }
      }
      records = sum;
    } catch (DataAccessException | IncompatibleDataException e) {
      records = Double.NaN;
      log.debug("the idempotency records could not be counted: {}", LoggedFault.line(e));
    }
  }

  private long count(@Nullable String slice) {
    Matcher fields = COUNT.matcher(slice == null ? "" : slice);
    return fields.matches() && Long.parseLong(fields.group(1)) > clock.millis()
        ? Long.parseLong(fields.group(2))
        : 0;
  }
}

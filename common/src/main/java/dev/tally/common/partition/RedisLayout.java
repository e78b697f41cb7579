package dev.tally.common.partition;

import dev.tally.common.log.LoggedFault;
import dev.tally.common.startup.IncompatibleDataException;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ValueOperations;

/**
 * Makes all services of a deployment agree on one layout of the keys in Redis and one number of
 * partitions. The first service that reaches Redis records both, and the number in MySQL, too: a
 * Redis that lost its data would take another one. A service that finds another layout or number
 * refuses to start; if it could not reach Redis at start, it refuses to work.
 */
public final class RedisLayout implements InitializingBean {

  /** The version of the layout that this code reads and writes. */
  static final String VERSION = "5";

  /** The layout before layouts had versions: Redis has the number of partitions and no version. */
  private static final String UNVERSIONED = "1";

  private static final Logger log = LoggerFactory.getLogger(RedisLayout.class);

  private final StringRedisTemplate redis;
  private final Partitions partitions;
  private final Consumer<Partitions> recorded;
  private volatile boolean agreed;

  /**
   * @param partitions what this service is configured with
   * @param recorded called before a number is recorded in a Redis that has none; throws if it is
   *     not the deployment's
   */
  public RedisLayout(
      StringRedisTemplate redis, Partitions partitions, Consumer<Partitions> recorded) {
    this.redis = redis;
    this.partitions = partitions;
    this.recorded = recorded;
  }

  @Override
  public void afterPropertiesSet() {
    try {
      partitions();
    } catch (DataAccessException e) {
      log.warn(
          "Redis or MySQL cannot be used yet; this service checks the layout at first use: {}",
          LoggedFault.line(e));
    }
  }

  /**
   * The partitions that all services agree on.
   *
   * @throws IncompatibleDataException if Redis has another layout, or another number of partitions
   *     than this service is configured with
   * @throws DataAccessException if Redis has not answered yet and does not answer now, or MySQL
   *     does not when Redis has no number
   */
  public Partitions partitions() {
    if (!agreed) {
      agree();
      agreed = true;
    }
    return partitions;
  }

  /**
   * Records the layout before the number of partitions. So a number without a layout was written by
   * an older version, and not by a service that is about to write the layout.
   */
  private void agree() {
    ValueOperations<String, String> strings = redis.opsForValue();
    String inRedis = strings.get(PartitionKeys.PARTITION_COUNT);
    if (inRedis == null) {
      recorded.accept(partitions);
      strings.setIfAbsent(PartitionKeys.LAYOUT, VERSION);
    }
    String layout = Objects.requireNonNullElse(strings.get(PartitionKeys.LAYOUT), UNVERSIONED);
    if (!layout.equals(VERSION)) {
      throw new IncompatibleDataException(
          """
          Redis has its keys in layout %s, and this version of Tally reads layout %s: run the version \
          that wrote them, or start with an empty Redis"""
              .formatted(layout, VERSION));
    }
    String own = Integer.toString(partitions.count());
    if (inRedis == null) {
      strings.setIfAbsent(PartitionKeys.PARTITION_COUNT, own);
      inRedis = strings.get(PartitionKeys.PARTITION_COUNT);
    }
    if (!own.equals(inRedis)) {
      throw new IncompatibleDataException(
          "configured with %s partitions, but this deployment has %s: set TALLY_PARTITIONS=%s"
              .formatted(own, inRedis, inRedis));
    }
  }
}

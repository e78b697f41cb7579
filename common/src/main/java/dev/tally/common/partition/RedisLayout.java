package dev.tally.common.partition;

import dev.tally.common.startup.IncompatibleDataException;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.ValueOperations;

/**
 * Holds every service of a deployment to one layout of the keys in Redis and to one number of
 * partitions. The first service to reach Redis records both. A service that finds another layout or
 * another number refuses to start; if it could not ask Redis at start, it refuses to work.
 */
public final class RedisLayout implements InitializingBean {

  /** The version of the layout that this code reads and writes. */
  static final String VERSION = "2";

  /** The layout of before there was a version: it has the number of partitions and no version. */
  private static final String UNVERSIONED = "1";

  private static final Logger log = LoggerFactory.getLogger(RedisLayout.class);

  private final StringRedisTemplate redis;
  private final Partitions partitions;
  private volatile boolean agreed;

  public RedisLayout(StringRedisTemplate redis, Partitions partitions) {
    this.redis = redis;
    this.partitions = partitions;
  }

  @Override
  public void afterPropertiesSet() {
    try {
      partitions();
    } catch (DataAccessException e) {
      log.warn("Redis is not reachable yet; its layout is checked at first use");
    }
  }

  /**
   * The partitions that all services agree on.
   *
   * @throws IncompatibleDataException if Redis has another layout, or the deployment another number
   *     of partitions than this service is configured with
   * @throws DataAccessException if Redis has not been asked yet and cannot be
   */
  public Partitions partitions() {
    if (!agreed) {
      agree();
      agreed = true;
    }
    return partitions;
  }

  /**
   * Records the layout before the number of partitions. So where the number is there and the layout
   * is not, an older version has written the number, and no service is just about to write both.
   */
  private void agree() {
    ValueOperations<String, String> strings = redis.opsForValue();
    String recorded = strings.get(PartitionKeys.PARTITION_COUNT);
    if (recorded == null) {
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
    if (recorded == null) {
      strings.setIfAbsent(PartitionKeys.PARTITION_COUNT, own);
      recorded = strings.get(PartitionKeys.PARTITION_COUNT);
    }
    if (!own.equals(recorded)) {
      throw new IncompatibleDataException(
          "configured with %s partitions, but this deployment has %s: set TALLY_PARTITIONS=%s"
              .formatted(own, recorded, recorded));
    }
  }
}

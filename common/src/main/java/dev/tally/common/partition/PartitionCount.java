package dev.tally.common.partition;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Holds every service of a deployment to the same number of partitions. The first to reach Redis
 * writes the number down; a service that is configured with another one refuses to start, and if
 * Redis could not be asked at start, refuses to work.
 */
public final class PartitionCount implements InitializingBean {

  private static final Logger log = LoggerFactory.getLogger(PartitionCount.class);

  private final StringRedisTemplate redis;
  private final Partitioning partitioning;
  private volatile boolean agreed;

  public PartitionCount(StringRedisTemplate redis, Partitioning partitioning) {
    this.redis = redis;
    this.partitioning = partitioning;
  }

  @Override
  public void afterPropertiesSet() {
    try {
      partitioning();
    } catch (DataAccessException e) {
      log.warn("Redis is not reachable yet; the number of partitions is checked at first use");
    }
  }

  /**
   * The partitioning that all services agree on.
   *
   * @throws IllegalStateException if this service is configured with another number than the
   *     deployment's
   * @throws DataAccessException if Redis has not been asked yet and cannot be
   */
  public Partitioning partitioning() {
    if (!agreed) {
      String own = Integer.toString(partitioning.count());
      redis.opsForValue().setIfAbsent(PartitionKeys.PARTITION_COUNT, own);
      String recorded = redis.opsForValue().get(PartitionKeys.PARTITION_COUNT);
      if (!own.equals(recorded)) {
        throw new IllegalStateException(
            "configured with %s partitions, but this deployment has %s: set TALLY_PARTITIONS=%s"
                .formatted(own, recorded, recorded));
      }
      agreed = true;
    }
    return partitioning;
  }
}

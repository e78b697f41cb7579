package dev.tally.worker.drain.queue;

import dev.tally.common.epoch.Epochs;
import dev.tally.common.epoch.PartitionRow;
import dev.tally.common.epoch.PartitionRows;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.redis.BytesRedisTemplate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Settles the positions of a partition whose jobs somebody deleted, or added to; runs {@code
 * lua/settle.lua}.
 *
 * <p>MySQL's row is raised before Redis counts the jobs as acknowledged, as for a batch. Else the
 * next comparison would take MySQL for set back.
 */
final class GoneJobs {

  private static final RedisScript<Long> SETTLE =
      RedisScript.of(new ClassPathResource("lua/settle.lua"), Long.class);

  private final BytesRedisTemplate redis;
  private final Epochs epochs;
  private final PartitionRows rows;

  GoneJobs(BytesRedisTemplate redis, Epochs epochs, PartitionRows rows) {
    this.redis = redis;
    this.epochs = epochs;
    this.rows = rows;
  }

  /**
   * What a partition had accepted, and counted as done, when Redis had none of its jobs.
   *
   * @param position how many jobs had been accepted
   * @param acknowledged how many of them counted as done
   */
  record Empty(long position, long acknowledged, long epoch) {}

  /**
   * Settles the positions. Does nothing if a server was set back: that is compared instead.
   *
   * @return how many accepted jobs are neither done nor in Redis; each is counted once
   * @throws org.springframework.dao.DataAccessException if Redis or MySQL does not answer; may be
   *     repeated
   */
  long settle(PartitionKeys keys, Empty empty) {
    if (empty.acknowledged() > empty.position()) {
      // Somebody has added jobs. A comparison would say that Redis has lost its position.
      settleRedis(keys, empty);
      return 0;
    }
    epochs.glance(keys);
    PartitionRow row = rows.read(keys.partition());
    if (row.epoch() != empty.epoch() || row.persisted() < empty.acknowledged()) {
      return 0;
    }
    long gone = Math.max(0, empty.position() - row.persisted());
    if (gone > 0 && !rows.settle(keys.partition(), row, empty.position())) {
      return 0;
    }
    settleRedis(keys, empty);
    return gone;
  }

  private void settleRedis(PartitionKeys keys, Empty empty) {
    String state = keys.state();
    String ring = keys.ring();
    String retried = keys.retried();
    String claimed = keys.claimed();
    byte[] position = number(empty.position());
    byte[] epoch = number(empty.epoch());
    redis.execute(SETTLE, List.of(state, ring, retried, claimed), position, epoch);
  }

  private static byte[] number(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }
}

package dev.tally.common.epoch;

import dev.tally.common.partition.PartitionKeys;
import java.util.List;
import java.util.Objects;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Runs {@code lua/read-state.lua}, {@code lua/check-run.lua} and {@code lua/raise-epoch.lua}; the
 * comments at the calls are the scripts' names.
 */
final class PartitionStates {

  @SuppressWarnings("rawtypes") // a class literal has no type arguments
  private static final RedisScript<List> READ =
      RedisScript.of(new ClassPathResource("lua/read-state.lua"), List.class);

  private static final RedisScript<Long> CHECK =
      RedisScript.of(new ClassPathResource("lua/check-run.lua"), Long.class);
  private static final RedisScript<Long> RAISE =
      RedisScript.of(new ClassPathResource("lua/raise-epoch.lua"), Long.class);

  private final StringRedisTemplate redis;

  PartitionStates(StringRedisTemplate redis) {
    this.redis = redis;
  }

  PartitionState read(PartitionKeys keys) {
    List<?> answer = redis.execute(READ, List.of(keys.state(), keys.claimed()));
    return new PartitionState(
        (String) answer.get(0),
        (String) answer.get(1),
        (Long) answer.get(2),
        (Long) answer.get(3),
        (Long) answer.get(4),
        (Long) answer.get(5),
        (Long) answer.get(6),
        (Long) answer.get(7),
        (Long) answer.get(8),
        (String) answer.get(9));
  }

  /**
   * Records that the state's run was checked.
   *
   * @param term the one that the run takes; 0 if MySQL was not asked, and the run takes none
   * @return false if Redis is another run by now
   */
  boolean check(PartitionKeys keys, PartitionState state, long term) {
    return did(
        redis.execute(
            CHECK,
            List.of(keys.state(), keys.barrier()), // state, barrier
            state.run(), // run
            Long.toString(term))); // term
  }

  /**
   * Begins an epoch.
   *
   * @param state what was compared
   * @param seen the highest position that anybody has seen
   * @return false if Redis is another run, or a batch was acknowledged or claimed meanwhile;
   *     nothing has happened
   */
  boolean raise(
      PartitionKeys keys, PartitionState state, long epoch, long seen, long term, long checked) {
    return did(
        redis.execute(
            RAISE,
            List.of(keys.state(), keys.claimed(), keys.barrier()), // state, claimed, barrier
            state.run(), // run
            Long.toString(epoch), // epoch
            Long.toString(seen), // seen
            Long.toString(state.acknowledged()), // acknowledged_then
            Long.toString(state.claimed()), // claimed_then
            Long.toString(term), // term
            Long.toString(checked))); // checked
  }

  private static boolean did(Long answer) {
    return Objects.equals(answer, 1L);
  }
}

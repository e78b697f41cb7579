package dev.tally.common.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisSystemException;

class MomentaryRefusalTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TRYAGAIN Multiple keys request during rehashing of slot",
        "CLUSTERDOWN The cluster is down",
        "CLUSTERDOWN Hash slot not served",
        "LOADING Redis is loading the dataset in memory",
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "READONLY You can't write against a read only replica. script: 3a, on @user_script:56.",
        "ERR Error running script (call to f_3a): @user_script:56: @user_script: 56: -READONLY You can't",
        "NOREPLICAS Not enough good replicas to write. script: 3a, on @user_script:115.",
        "ERR Error running script (call to f_3a): @user_script:1: @user_script: 1: -NOREPLICAS Not enough"
      })
  void nothingHasHappened(String answer) {
    assertThat(MomentaryRefusal.isCauseOf(answered(answer))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "OOM command not allowed when used memory > 'maxmemory'.",
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "ERR unknown command 'TRYAGAIN'",
        "UNKILLABLE LOADING"
      })
  void othersStay(String answer) {
    assertThat(MomentaryRefusal.isCauseOf(answered(answer))).isFalse();
  }

  @Test
  void aCallWithoutAnAnswerMayHaveHappened() {
    assertThat(
            MomentaryRefusal.isCauseOf(
                new QueryTimeoutException(
                    "Redis command timed out", new RedisCommandTimeoutException())))
        .isFalse();
  }

  private static RedisSystemException answered(String error) {
    return new RedisSystemException(
        "Error in execution", new RedisCommandExecutionException(error));
  }
}

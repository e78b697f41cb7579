package dev.tally.common.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessException;

class EpochsIT extends EpochsFixture {

  @Test
  void aNewPartitionIsCheckedAndKeepsItsEpoch() {
    assertThat(epochs.check(KEYS, 0)).isEqualTo(run());

    assertThat(state())
        .isEqualTo(Map.of("run", run(), "checked", "0", "term", "1", "term_run", run()));
    assertThat(row()).isEqualTo(new PartitionRow(1, 0, 0, 0));
    assertThat(redis.opsForValue().get(KEYS.barrier())).isNotNull();
  }

  @Test
  void aRestartThatLostNothingKeepsTheEpoch() {
    redis("earlier", 10, 4, 2, 4);
    mysql(2, 6, 9);

    epochs.check(KEYS, 10);

    assertThat(state()).containsEntry("run", run()).containsEntry("checked", "10");
    assertThat(state()).containsEntry("epoch", "2").containsEntry("position", "10");
    assertThat(row()).isEqualTo(new PartitionRow(1, 2, 6, 9));
    assertThat(raised("redis-lost-writes")).isZero();
  }

  @Test
  void aRedisThatIsBehindWhatAWorkerHasSeenLostWrites() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 4, 10);

    epochs.check(KEYS, 0);

    assertRaised("redis-lost-writes", 1, 10, 6);
    assertThat(state()).containsEntry("checked", "10");
  }

  @Test
  void aRedisThatIsBehindWhatAGatewayWasAnsweredLostWrites() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 4, 8);

    epochs.check(KEYS, 11);

    assertRaised("redis-lost-writes", 1, 11, 7);
  }

  /** FLUSHALL does not change the run. */
  @Test
  void aRedisThatLostEverythingLostWrites() {
    mysql(3, 20, 25);

    epochs.check(KEYS, 0);

    assertRaised("redis-lost-writes", 4, 25, 25);
  }

  @Test
  void aGatewayThatRemembersMoreThanTheOneThatCheckedRaisesTheEpoch() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 4, 8);
    epochs.check(KEYS, 7);
    redis.opsForHash().increment(KEYS.state(), "position", 5);
    redis.opsForHash().increment(KEYS.state(), "jobs", 5);

    epochs.check(KEYS, 11);

    assertRaised("redis-lost-writes", 1, 13, 4);
  }

  /** Its position was given out by the run before, after the first gateway had left that. */
  @Test
  void anEpochThatIsRaisedLaterHidesNoLossFromAnotherGateway() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 4, 8);
    epochs.check(KEYS, 7);
    redis.opsForHash().increment(KEYS.state(), "position", 5);
    redis.opsForHash().increment(KEYS.state(), "jobs", 5);
    epochs.check(KEYS, 11);

    epochs.check(KEYS, 11);
    assertRaised("redis-lost-writes", 1, 13, 4);
    assertThat(state()).containsEntry("checked", "11");
    epochs.check(KEYS, 12);

    assertThat(state()).containsEntry("epoch", "2").containsEntry("checked", "12");
  }

  @Test
  void aMySqlBehindWhatRedisHasAcknowledgedWasSetBack() {
    redis("earlier", 10, 6, 1, 4);
    mysql(1, 5, 8);

    epochs.check(KEYS, 0);

    assertRaised("mysql-set-back", 2, 10, 6);
    assertThat(row().persisted()).isEqualTo(6);
  }

  @Test
  void aMySqlThatWasSetBackWithARedisThatLostWritesIsFilledToo() {
    redis("earlier", 8, 6, 0, 2);
    mysql(0, 4, 10);

    epochs.check(KEYS, 0);

    assertRaised("redis-lost-writes", 1, 10, 8);
    assertThat(row().fillDue()).isEqualTo(1);
    assertThat(new PartitionRows(mysql).indexDue()).isEqualTo(Map.of(3, 1L));
  }

  @Test
  void whatAWorkerRemembersOfAnEarlierEpochSaysNothingOfMySql() {
    redis(run(), 10, 6, 2, 4);
    redis.opsForHash().put(KEYS.state(), "checked", "10");
    mysql(2, 6, 10);

    epochs.compare(KEYS, new RecordedPosition("earlier", 1, 10, 9));
    assertThat(row()).isEqualTo(new PartitionRow(1, 2, 6, 10));

    epochs.compare(KEYS, new RecordedPosition("earlier", 2, 10, 9));
    assertRaised("mysql-set-back", 3, 10, 6);
    assertThat(row().fillDue()).isEqualTo(3);
  }

  @Test
  void aMySqlOfAnOlderEpochWasSetBack() {
    redis("earlier", 10, 6, 5, 4);
    mysql(2, 6, 10);

    epochs.check(KEYS, 0);

    assertRaised("mysql-set-back", 6, 10, 6);
  }

  @Test
  void bothServersMayHaveBeenSetBack() {
    redis("earlier", 8, 6, 0, 2);
    mysql(0, 5, 8);

    epochs.check(KEYS, 11);

    assertRaised("redis-lost-writes", 1, 11, 9);
    assertThat(raised("mysql-set-back")).isEqualTo(1);
    assertThat(row().fillDue()).isEqualTo(1);
  }

  /** A request waits meanwhile, and others wait for the same comparison. */
  @Test
  @Timeout(20)
  void aTransactionThatHoldsTheRowForLongEndsTheComparison() throws Exception {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 4, 8);
    try (Connection holder = servers.mysql();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.executeQuery(
          "SELECT * FROM partition_positions WHERE partition_number = 3 FOR UPDATE");

      assertThatThrownBy(() -> epochs.check(KEYS, 0))
          .isInstanceOf(TransientDataAccessException.class);

      holder.rollback();
    }
    assertThat(state()).containsEntry("run", "earlier");
  }

  @Test
  @Timeout(20)
  void aGlanceWaitsForNobodyAsLongAsNothingIsMissing() throws Exception {
    redis(run(), 8, 4, 0, 4);
    mysql(0, 4, 8);
    try (Connection holder = servers.mysql();
        Statement statement = holder.createStatement()) {
      holder.setAutoCommit(false);
      statement.executeQuery(
          "SELECT * FROM partition_positions WHERE partition_number = 3 FOR UPDATE");

      epochs.glance(KEYS);

      holder.rollback();
    }
    assertThat(state()).doesNotContainKey("epoch");
  }

  @Test
  void aGlanceFindsAMySqlThatWasSetBack() {
    redis(run(), 10, 6, 1, 4);
    mysql(1, 5, 10);

    epochs.glance(KEYS);

    assertRaised("mysql-set-back", 2, 10, 6);
  }

  /** The process that began the epoch died before it told Redis. */
  @Test
  void anEpochThatOnlyMySqlHasIsRaisedAgain() {
    redis("earlier", 10, 6, 1, 4);
    mysql(2, 6, 10);

    epochs.check(KEYS, 0);

    assertRaised("interrupted", 3, 10, 6);
  }

  @Test
  void afterARaiseNothingIsMissing() {
    redis("earlier", 8, 4, 0, 3);
    redis.opsForList().rightPush(KEYS.claimed(), "job");
    mysql(0, 4, 10);
    epochs.check(KEYS, 12);
    Map<String, String> raised = state();

    epochs.compare(KEYS);
    epochs.check(KEYS, 12);

    assertThat(state()).isEqualTo(raised).containsEntry("acknowledged", "8");
    assertThat(row()).isEqualTo(new PartitionRow(1, 1, 8, 12, 0, new PartitionRow.End(0, 4)));
  }

  @Test
  void aCheckedPartitionIsComparedWhenAWorkerAsks() {
    redis(run(), 10, 6, 1, 4);
    mysql(1, 5, 10);

    epochs.compare(KEYS);

    assertRaised("mysql-set-back", 2, 10, 6);
  }

  @Test
  void withoutMySqlAGatewaysMemoryIsEnough() {
    redis("earlier", 10, 4, 0, 6);
    mysql.sql("RENAME TABLE partition_positions TO away").update();

    epochs.check(KEYS, 10);

    assertThat(state()).containsEntry("run", run()).doesNotContainKey("epoch");
  }

  @Test
  void withoutMySqlAndWithoutMemoryNothingIsChecked() {
    redis("earlier", 10, 4, 0, 6);
    mysql.sql("RENAME TABLE partition_positions TO away").update();

    assertThatThrownBy(() -> epochs.check(KEYS, 0)).isInstanceOf(DataAccessException.class);
    assertThatThrownBy(() -> epochs.check(KEYS, 11)).isInstanceOf(DataAccessException.class);

    assertThat(state()).containsEntry("run", "earlier");
  }

  @Test
  void aFullRedisIsCheckedAndItsEpochRaised() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 4, 10);
    servers.redisMaxMemory(1);
    try {
      epochs.check(KEYS, 0);
    } finally {
      servers.redisMaxMemory(0);
    }

    assertRaised("redis-lost-writes", 1, 10, 6);
  }
}

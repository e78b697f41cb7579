package dev.tally.common.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A partition is compared with its record after epochs have begun without it. */
class ComparedRecordIT extends EpochsFixture {

  /** Whoever began the epoch saw only that Redis was restored, to an older copy than MySQL. */
  @Test
  void aMySqlThatWasSetBackBeforeAnEpochBeganIsFound() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 6, 10);
    epochs.check(KEYS, 0);
    assertRaised("redis-lost-writes", 1, 10, 6);
    // The new epoch counts as persisted what Redis has not, as far as anybody has seen.
    assertThat(row().persisted()).isEqualTo(6);

    epochs.compareRecord(KEYS, record(0, 7));

    assertRaised("mysql-set-back", 2, 10, 6);
    assertThat(row().fillDue()).isEqualTo(2);
    assertThat(new PartitionRows(mysql).indexDue()).isEqualTo(Map.of(3, 2L));
  }

  /** It takes no loss for what the new epoch itself made up for. */
  @Test
  void aRecordThatMySqlHadReachedSaysNothing() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 6, 10);
    epochs.check(KEYS, 0);

    epochs.compareRecord(KEYS, record(0, 6));

    assertThat(row().epoch()).isEqualTo(1);
    assertThat(row().fillDue()).isZero();
  }

  @Test
  void batchesOfTheNewEpochDoNotHideTheLoss() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 6, 10);
    epochs.check(KEYS, 0);
    mysql.sql("UPDATE partition_positions SET persisted = 9").update();

    epochs.compareRecord(KEYS, record(0, 7));

    assertThat(row().fillDue()).isEqualTo(2);
  }

  @Test
  void theRecordIsComparedWithTheFirstOfSeveralEpochsThatEnded() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 6, 10);
    epochs.check(KEYS, 0);
    epochs.check(KEYS, 15);
    assertThat(row().epoch()).isEqualTo(2);
    assertThat(row().persisted()).isGreaterThan(7);

    epochs.compareRecord(KEYS, record(0, 7));

    assertThat(row().fillDue()).isEqualTo(3);
  }

  /** MySQL was restored to a moment before the epoch of the record, whose number is used again. */
  @Test
  void aRecordOfAnEpochThatMySqlHadNotReachedIsAhead() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 6, 10);
    epochs.check(KEYS, 0);

    epochs.compareRecord(KEYS, record(1, 6));

    assertThat(row().fillDue()).isEqualTo(2);
  }

  /** A worker of an older version has compared nothing, and recorded what there was. */
  @Test
  void aRecordOfThisRunAndEpochIsComparedWithThePresent() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 6, 10);
    epochs.check(KEYS, 0);
    mysql.sql("UPDATE partition_positions SET persisted = 9").update();

    epochs.compareRecord(KEYS, new RecordedPosition(run(), 1, 10, 9));

    assertThat(row().epoch()).isEqualTo(1);
    assertThat(epochs.position(KEYS)).isPresent();
  }

  @Test
  void aLossThatIsKnownIsNotFoundAgain() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 4, 10);
    epochs.check(KEYS, 0);
    redis.opsForHash().put(KEYS.state(), "acknowledged", "9");
    mysql.sql("UPDATE partition_positions SET persisted = 8").update();
    epochs.compare(KEYS);
    assertRaised("mysql-set-back", 2, 10, 6);

    epochs.compareRecord(KEYS, record(1, 9));

    assertThat(row().epoch()).isEqualTo(2);
    assertThat(epochs.position(KEYS)).isPresent();
  }

  @Test
  void aPositionIsRecordedAfterTheComparisonOnly() {
    redis("earlier", 8, 4, 0, 4);
    mysql(0, 6, 10);
    epochs.check(KEYS, 0);
    assertThat(epochs.position(KEYS)).isEmpty();

    epochs.compareRecord(KEYS, record(0, 6));
    assertThat(epochs.position(KEYS)).hasValue(new RecordedPosition(run(), 1, 10, 6));

    epochs.check(KEYS, 15);
    assertThat(epochs.position(KEYS)).isEmpty();
  }

  @Test
  void anEpochThatTheComparisonItselfBeginsIsCompared() {
    redis("earlier", 10, 6, 0, 4);
    mysql(0, 6, 10);

    epochs.compareRecord(KEYS, record(0, 9));

    assertRaised("mysql-set-back", 1, 10, 6);
    assertThat(epochs.position(KEYS)).isPresent();
    epochs.compareRecord(KEYS, record(0, 9));
    assertThat(row().epoch()).isEqualTo(1);
  }

  private static RecordedPosition record(long epoch, long persisted) {
    return new RecordedPosition("earlier", epoch, 10, persisted);
  }
}

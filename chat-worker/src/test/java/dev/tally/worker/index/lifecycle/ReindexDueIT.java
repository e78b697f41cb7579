package dev.tally.worker.index.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.epoch.PartitionRows;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A new index is due until a reindex that began afterwards has swapped the indexes. */
@Timeout(120)
class ReindexDueIT {

  private static KeeperFixture fixture;
  private static Reindex reindex;
  private static PartitionRows partitions;

  @BeforeAll
  static void start() {
    fixture = new KeeperFixture();
    reindex = fixture.worker.getBean(Reindex.class);
    partitions = new PartitionRows(fixture.mysql);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void twoPartitionsOfASetBackMySql() {
    fixture.removeEverything();
    fixture.mysql.sql("DELETE FROM partition_positions").update();
    fixture.addApp(1);
    setBack(3, 1);
    setBack(5, 4);
  }

  @Test
  void aReindexEndsWhatWasDueBeforeIt() {
    assertThat(partitions.indexDue()).isEqualTo(Map.of(3, 1L, 5, 4L));

    assertThat(reindex.run((_, _) -> {})).isEqualTo(2);

    assertThat(partitions.indexDue()).isEmpty();
  }

  @Test
  void aReindexThatFailsLeavesItDue() {
    assertThatThrownBy(
            () ->
                reindex.run(
                    (_, _) -> {
                      throw new IllegalStateException("killed");
                    }))
        .hasMessage("killed");

    assertThat(partitions.indexDue()).isEqualTo(Map.of(3, 1L, 5, 4L));
    assertThat(fixture.indexes.building()).isEmpty();
    fixture.hold(IndexKeeper.REINDEX_LOCK).close();
  }

  @Test
  void whatBecomesDueMeanwhileStaysDue() {
    reindex.run(
        (_, _) -> {
          setBack(5, 6);
          setBack(7, 1);
        });

    assertThat(partitions.indexDue()).isEqualTo(Map.of(5, 6L, 7, 1L));
  }

  @Test
  void noIndexIsBuiltThatAnotherWorkerHasBuilt() {
    String live = live();

    assertThat(reindex.runIf(() -> false, Duration.ZERO, (_, _) -> {})).isEmpty();
    try (DatabaseLock.Held _ = fixture.hold(IndexKeeper.REINDEX_LOCK)) {
      assertThat(reindex.runIf(() -> true, Duration.ZERO, (_, _) -> {})).isEmpty();
    }

    assertThat(live()).isEqualTo(live);
    assertThat(partitions.indexDue()).hasSize(2);
  }

  @Test
  void aRunThatLosesItsLockSwapsNothing() {
    String live = live();

    assertThatThrownBy(() -> reindex.run((_, _) -> fixture.endTheConnectionOfAReindex()))
        .hasMessageContaining("lock");

    assertThat(live()).isEqualTo(live);
    assertThat(partitions.indexDue()).hasSize(2);
  }

  private static String live() {
    fixture.keeper(fixture.lock).check();
    return fixture.indexes.live().orElseThrow().name();
  }

  private static void setBack(int partition, long epoch) {
    fixture
        .other
        .sql(
            "INSERT INTO partition_positions (partition_number, epoch, index_due)"
                + " VALUES (:partition, :epoch, :epoch)"
                + " ON DUPLICATE KEY UPDATE epoch = :epoch, index_due = :epoch")
        .param("partition", partition)
        .param("epoch", epoch)
        .update();
  }
}

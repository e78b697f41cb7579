package dev.tally.worker.index.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.search.SearchLayout;
import dev.tally.worker.index.SearchCluster;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;

/** A check recovers a damaged search index, and touches nothing that is as it should be. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class IndexKeeperIT {

  private static final String ABANDONED = "tally-messages-20200101000000000";

  private static KeeperFixture fixture;

  private KeeperFixture.LockLog lock;
  private IndexKeeper keeper;
  private String live;
  private String liveUuid;

  @BeforeAll
  static void start() {
    fixture = new KeeperFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void makeALiveIndexThatHasEverything() {
    fixture.removeEverything();
    fixture.cluster.delete(ABANDONED);
    lock = fixture.lockLog();
    keeper = fixture.keeper(lock);
    keeper.check();
    live = fixture.indexes.live().orElseThrow().name();
    liveUuid = fixture.cluster.indexUuid(live).orElseThrow();
    lock.asked.clear();
    fixture.addApp(1);
    fixture.addApp(2);
  }

  @Test
  void aLiveIndexIsMadeWhereThereIsNone(CapturedOutput output) {
    fixture.indexes.remove(live);
    fixture.cluster.delete(live);

    keeper.check();

    assertThat(fixture.indexes.all()).hasSize(1);
    String name = fixture.indexes.live().orElseThrow().name();
    assertThat(name).startsWith("tally-messages-").isNotEqualTo(live);
    assertThat(output).contains("search index " + name + " was created");
    assertWholeAndSentTo(name, 2);
  }

  @Test
  void anIndexThatIsWholeIsLeftAlone() {
    keeper.check();

    assertThat(lock.asked).isEmpty();
    assertThat(fixture.sent()).isEmpty();
    assertThat(fixture.cluster.indexUuid(live)).hasValue(liveUuid);
  }

  @Test
  void anIndexThatIsGoneIsMadeAgainAndGetsEverything(CapturedOutput output) {
    fixture.cluster.delete(live);

    keeper.check();

    assertThat(fixture.cluster.indexUuid(live)).isNotEmpty().isNotEqualTo(Optional.of(liveUuid));
    assertWholeAndSentTo(live, 2);
    assertThat(lock.asked).containsExactly(IndexKeeper.LOCK);
    assertThat(output)
        .contains("search index " + live + " is new")
        .contains("everything in 2 apps is indexed again");
    assertLocksAreFree();
  }

  @Test
  void anIndexOfAnotherLayoutThatIsGoneIsMadeUnderAnotherName() {
    fixture.mysql.sql("UPDATE search_indexes SET layout = 2").update();
    fixture.cluster.delete(live);

    keeper.check();

    SearchIndexes.Entry made = fixture.indexes.live().orElseThrow();
    assertThat(made.name()).isNotEqualTo(live);
    assertThat(made.layout()).isEqualTo(SearchLayout.VERSION);
    assertThat(fixture.cluster.indexUuid(live)).isEmpty();
    assertWholeAndSentTo(made.name(), 2);
  }

  @Test
  void anIndexWithAnotherUuidGetsEverything() {
    fixture.cluster.delete(live);
    fixture.cluster.create(live);
    fixture.cluster.search(live);
    String uuid = fixture.cluster.indexUuid(live).orElseThrow();

    keeper.check();

    assertThat(fixture.cluster.indexUuid(live)).hasValue(uuid);
    assertWholeAndSentTo(live, 2);
  }

  @Test
  void anEmptyDatabaseIsNotReportedAsIndexedAgain(CapturedOutput output) {
    fixture.mysql.sql("DELETE FROM apps").update();
    fixture.cluster.delete(live);

    keeper.check();

    assertThat(fixture.indexes.live().orElseThrow().indexUuid()).isNotEqualTo(liveUuid);
    assertThat(output).doesNotContain("is indexed again");
  }

  @Test
  void searchesThatGoNowhereGoToTheLiveIndexAgain() throws IOException {
    fixture
        .elasticsearch
        .indices()
        .deleteAlias(alias -> alias.index(live).name(SearchCluster.SEARCHED));

    keeper.check();

    assertThat(fixture.cluster.searched()).containsExactly(live);
    assertThat(fixture.cluster.indexUuid(live)).hasValue(liveUuid);
    assertThat(fixture.sent()).isEmpty();
  }

  @Test
  void searchesGoToNoOtherIndex() throws IOException {
    fixture.cluster.create(ABANDONED);
    fixture
        .elasticsearch
        .indices()
        .putAlias(alias -> alias.index(ABANDONED).name(SearchCluster.SEARCHED));

    keeper.check();

    assertThat(fixture.cluster.searched()).containsExactly(live);
    assertThat(fixture.sent()).isEmpty();
  }

  @Test
  void theUuidIsWrittenAfterEverythingIsSent() {
    fixture.cluster.delete(live);
    fixture.mysql.sql("RENAME TABLE search_outbox TO search_outbox_away").update();
    try {
      assertThatThrownBy(keeper::check).isInstanceOf(DataAccessException.class);
      assertThat(fixture.indexes.live().orElseThrow().indexUuid()).isEqualTo(liveUuid);
      assertLocksAreFree();
    } finally {
      fixture.mysql.sql("RENAME TABLE search_outbox_away TO search_outbox").update();
    }

    keeper.check();

    assertWholeAndSentTo(live, 2);
  }

  @Test
  void moreAppsThanOneTransactionTakesAreSent(CapturedOutput output) {
    IntStream.rangeClosed(3, 250).forEach(fixture::addApp);
    fixture.cluster.delete(live);

    keeper.check();

    assertWholeAndSentTo(live, 250);
    assertThat(output).contains("everything in 250 apps is indexed again");
  }

  @Test
  void sendingEverythingWaitsForNoLockedChat() throws Exception {
    fixture.cluster.delete(live);
    try (Connection drain = fixture.servers.mysql();
        Statement statement = drain.createStatement()) {
      drain.setAutoCommit(false);
      statement.executeQuery("SELECT * FROM chats FOR UPDATE");

      keeper.check();

      drain.rollback();
    }
    assertWholeAndSentTo(live, 2);
  }

  @Test
  void oneWorkerRecoversAndTheOthersDoNot() {
    fixture.cluster.delete(live);

    try (DatabaseLock.Held _ = fixture.hold(IndexKeeper.LOCK)) {
      keeper.check();

      assertThat(fixture.cluster.indexUuid(live)).isEmpty();
      assertThat(fixture.sent()).isEmpty();
    }
  }

  @Test
  void aWorkerWaitsForAnotherThatIsSoonDone() throws Exception {
    fixture.cluster.delete(live);
    Thread check;
    try (DatabaseLock.Held _ = fixture.hold(IndexKeeper.LOCK)) {
      check = Thread.ofVirtual().start(keeper::check);
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(fixture::aLockIsWaitedFor);
    }

    check.join();

    assertWholeAndSentTo(live, 2);
  }

  @Test
  void theIndexOfAReindexThatDiedIsRemoved(CapturedOutput output) {
    addBuilding();

    keeper.check();

    assertThat(fixture.indexes.building()).isEmpty();
    assertThat(fixture.cluster.indexUuid(ABANDONED)).isEmpty();
    assertThat(output).contains("removing index " + ABANDONED);
    assertThat(fixture.indexes.live().orElseThrow().indexUuid()).isEqualTo(liveUuid);
    assertThat(fixture.sent()).isEmpty();
    assertLocksAreFree();
  }

  @Test
  void theIndexOfAReindexThatRunsStays() {
    addBuilding();
    fixture.cluster.delete(live);

    try (DatabaseLock.Held _ = fixture.hold(IndexKeeper.REINDEX_LOCK)) {
      keeper.check();
    }

    assertThat(fixture.indexes.building())
        .extracting(SearchIndexes.Entry::name)
        .containsExactly(ABANDONED);
    assertThat(fixture.cluster.indexUuid(ABANDONED)).isPresent();
    assertWholeAndSentTo(live, 2);
  }

  @Test
  void theIndexOfAReindexThatHasJustFinishedStays() {
    addBuilding();
    lock.beforeReindexLock =
        () -> {
          fixture.indexes.remove(live);
          fixture.indexes.setLive(ABANDONED);
        };

    keeper.check();

    fixture.cluster.delete(live);
    assertThat(fixture.indexes.live().orElseThrow().name()).isEqualTo(ABANDONED);
    assertWholeAndSentTo(ABANDONED, 2);
  }

  private static void addBuilding() {
    fixture.cluster.create(ABANDONED);
    fixture.indexes.add(ABANDONED, SearchIndexes.Role.BUILDING);
  }

  private static void assertLocksAreFree() {
    fixture.hold(IndexKeeper.LOCK).close();
    fixture.hold(IndexKeeper.REINDEX_LOCK).close();
  }

  private static void assertWholeAndSentTo(String name, int apps) {
    assertThat(fixture.cluster.searched()).containsExactly(name);
    assertThat(fixture.indexes.live().orElseThrow().indexUuid())
        .isNotNull()
        .isEqualTo(fixture.cluster.indexUuid(name).orElseThrow());
    assertThat(fixture.sent()).containsExactlyInAnyOrderElementsOf(fixture.everythingIn(apps));
  }
}

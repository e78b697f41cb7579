package dev.tally.worker.index.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.worker.index.SearchCluster;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The first check of a process removes indexes that Tally created and nothing uses. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class UnusedIndexesIT {

  private static final String UNUSED = "tally-messages-20200101000000000";
  private static final String REPLACEMENT = "tally-messages-20990101000000000";

  private static KeeperFixture fixture;

  private IndexKeeper keeper;
  private String live;

  @BeforeAll
  static void start() {
    fixture = new KeeperFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void makeALiveIndex() {
    fixture.removeEverything();
    fixture.cluster.delete(UNUSED);
    newKeeper().check();
    live = fixture.indexes.live().orElseThrow().name();
    keeper = newKeeper();
  }

  /** A keeper as a process that starts has it. */
  private static IndexKeeper newKeeper() {
    return fixture.keeper(fixture.lock);
  }

  @Test
  void theIndexThatAReindexReplacedBeforeItWasKilledIsRemoved(CapturedOutput output) {
    fixture.cluster.create(REPLACEMENT);
    fixture.indexes.remove(live);
    fixture.indexes.add(REPLACEMENT, SearchIndexes.Role.LIVE);
    fixture.indexes.setIndexUuid(REPLACEMENT, fixture.cluster.indexUuid(REPLACEMENT).orElseThrow());
    fixture.cluster.search(REPLACEMENT);

    keeper.check();

    assertThat(fixture.cluster.indexUuid(live)).isEmpty();
    assertThat(output).contains("removing index " + live + ": nothing uses it");
    assertThat(fixture.cluster.searched()).containsExactly(REPLACEMENT);
    assertThat(fixture.sent()).isEmpty();
    fixture.hold(IndexKeeper.REINDEX_LOCK).close();
  }

  @Test
  void anUnusedIndexStaysWhileAReindexRuns() {
    fixture.cluster.create(UNUSED);

    try (DatabaseLock.Held _ = fixture.hold(IndexKeeper.REINDEX_LOCK)) {
      keeper.check();
      assertThat(fixture.cluster.indexUuid(UNUSED)).isPresent();
    }
    keeper.check();

    assertThat(fixture.cluster.indexUuid(UNUSED)).isEmpty();
  }

  @Test
  void aProcessWhoseLiveIndexIsAnotherRemovesNoUnusedIndex() {
    fixture.cluster.create(UNUSED);
    fixture.indexes.setIndexUuid(live, "another");

    keeper.check();
    keeper.check();

    assertThat(fixture.cluster.indexUuid(UNUSED)).isPresent();
    newKeeper().check();
    assertThat(fixture.cluster.indexUuid(UNUSED)).isEmpty();
  }

  @Test
  void anIndexThatTallyHasNotCreatedStays() throws IOException {
    String withoutAlias = "tally-messages-20200101000000001";
    List<String> others = List.of("tally-messages-archive", withoutAlias);
    for (String name : others) {
      fixture.elasticsearch.indices().create(index -> index.index(name));
    }
    fixture
        .elasticsearch
        .indices()
        .putAlias(alias -> alias.index(others.getFirst()).name(others.getFirst() + "-write"));
    fixture.cluster.create(UNUSED);

    keeper.check();

    assertThat(fixture.cluster.indexUuid(UNUSED)).isEmpty();
    assertThat(others).allMatch(name -> fixture.cluster.indexUuid(name).isPresent());
    others.forEach(fixture.cluster::delete);
  }

  @Test
  void anIndexThatSearchesGoToStays() throws IOException {
    fixture.cluster.create(UNUSED);
    fixture
        .elasticsearch
        .indices()
        .putAlias(alias -> alias.index(UNUSED).name(SearchCluster.SEARCHED));

    assertThat(fixture.cluster.unsearched()).doesNotContain(UNUSED, live);
  }
}

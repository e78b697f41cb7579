package dev.tally.worker.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.search.AppDigest;
import dev.tally.common.search.SearchLayout;
import dev.tally.worker.index.NextLayout;
import dev.tally.worker.index.SearchCluster;
import dev.tally.worker.index.lifecycle.IndexKeeper;
import dev.tally.worker.index.lifecycle.Reindex;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Workers of two versions beside each other, while the later one replaces the index. */
class LayoutsIT extends IndexRoundFixture {

  private static ConfigurableApplicationContext next;
  private static IndexRound nextRound;

  @BeforeAll
  static void startAWorkerOfTheNextVersion() {
    next = NextLayout.worker(servers.arguments().toArray(String[]::new));
    nextRound = round(next, Set.of(PARTITION));
  }

  @AfterAll
  static void stopIt() {
    next.close();
  }

  @Test
  void eachIndexGetsDocumentsOfItsLayout() throws IOException {
    String building = begin();
    persist(CHAT, 1, "hello");
    append(CHAT, 1, 1);

    assertThat(nextRound.run()).isEqualTo(IndexRound.Result.IDLE);

    assertThat(outbox.size()).isZero();
    assertThat(document(live)).isEqualTo(present("hello"));
    assertThat(document(building)).isEqualTo(next("hello"));
  }

  @Test
  void aWorkerThatDoesNotKnowALayoutLeavesItsRowsToOneThatDoes() throws IOException {
    String building = begin();
    persist(CHAT, 1, "hello");
    append(CHAT, 1, 1);

    assertThat(round.run()).isEqualTo(IndexRound.Result.WORKER_OUTDATED);

    assertThat(outbox.size()).isEqualTo(1);
    assertThat(document(live)).isNull();
    assertThat(document(building)).isNull();
    assertThat(nextRound.run()).isEqualTo(IndexRound.Result.IDLE);
    assertThat(outbox.size()).isZero();
    assertThat(document(building)).isEqualTo(next("hello"));
  }

  @Test
  void aReindexReplacesTheIndexOfTheLayoutBefore() throws IOException {
    persist(CHAT, 1, "hello");
    append(CHAT, 1, 1);
    round.run();
    assertThat(document(live)).isEqualTo(present("hello"));

    assertThat(next.getBean(Reindex.class).run((_, _) -> {})).isEqualTo(1);

    SearchIndexes.Entry now = indexes.all().getFirst();
    assertThat(now.layout()).isEqualTo(NextLayout.LAYOUT);
    assertThat(document(now.name())).isEqualTo(next("hello"));
    assertThat(cluster.searched()).containsExactly(now.name());
    assertThat(cluster.indexUuid(live)).isEmpty();
  }

  /** As after an upgrade during which Elasticsearch lost its data. */
  @Test
  void aLostIndexOfTheLayoutBeforeIsFilledInTheNextOne() throws IOException {
    persist(CHAT, 1, "hello");
    append(CHAT, 1, 1);
    cluster.delete(live);

    next.getBean(IndexKeeper.class).check();

    SearchIndexes.Entry now = indexes.all().getFirst();
    assertThat(now.layout()).isEqualTo(NextLayout.LAYOUT);
    assertThat(round.run()).isEqualTo(IndexRound.Result.WORKER_OUTDATED);
    assertThat(nextRound.run()).isEqualTo(IndexRound.Result.IDLE);
    assertThat(document(now.name())).isEqualTo(next("hello"));
  }

  /** As after going back to the version before. */
  @Test
  void aLostIndexOfTheNextLayoutIsFilledInThePresentOne() throws IOException {
    next.getBean(Reindex.class).run((_, _) -> {});
    cluster.delete(indexes.all().getFirst().name());
    persist(CHAT, 1, "hello");
    append(CHAT, 1, 1);

    worker.getBean(IndexKeeper.class).check();

    SearchIndexes.Entry now = indexes.all().getFirst();
    assertThat(now.layout()).isEqualTo(SearchLayout.VERSION);
    assertThat(round.run()).isEqualTo(IndexRound.Result.IDLE);
    assertThat(document(now.name())).isEqualTo(present("hello"));
  }

  /** Registers and creates an index as a reindex of the next version does, and returns its name. */
  private static String begin() {
    String name = SearchCluster.newName();
    next.getBean(SearchCluster.class).create(name);
    mysql
        .sql("INSERT INTO search_indexes (name, role, layout) VALUES (?, 'BUILDING', ?)")
        .params(name, NextLayout.LAYOUT)
        .update();
    return name;
  }

  private static Document present(String body) {
    return new Document(digest(), 1, 1, body, null);
  }

  private static Document next(String body) {
    return new Document(digest(), 1, 1, body, body.toUpperCase(Locale.ROOT));
  }

  /** The fields of the document of the message 1 in an index; null if there is none. */
  private static @Nullable Document document(String index) throws IOException {
    String id = digest() + ":1:1";
    return elasticsearch
        .get(get -> get.index(index).id(id).routing(digest()), Document.class)
        .source();
  }

  /**
   * The fields of both layouts.
   *
   * @param words null in the present one
   */
  private record Document(
      String digest, long chat, long number, String body, @Nullable String words) {}

  private static String digest() {
    return AppDigest.of(token(CHAT.appId())).value();
  }
}

package dev.tally.worker.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch._types.query_dsl.Query;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.Numbers;
import dev.tally.common.search.AppDigest;
import dev.tally.common.search.SearchLayout;
import dev.tally.worker.index.BulkAnswer;
import dev.tally.worker.index.DocumentWriter;
import dev.tally.worker.index.IndexedMessages;
import dev.tally.worker.index.IndexedMessages.Indexed;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.SearchCluster;
import dev.tally.worker.index.lifecycle.Reindex;
import dev.tally.worker.index.lifecycle.SearchIndexes;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an index has of messages that are edited and deleted, in whatever order it gets them. */
class ChangedMessagesIT extends IndexRoundFixture {

  private static final AppToken APP = token(CHAT.appId());

  @BeforeEach
  void indexTwoMessages() {
    persist(CHAT, 1, "first plan");
    persist(CHAT, 2, "second plan");
    index();
  }

  @Test
  void anEditIsFoundByItsTextAndNotByTheOldOne() throws IOException {
    edit(1, 7, "first result");

    index();

    assertThat(found("result")).containsExactly(1L);
    assertThat(found("plan")).containsExactly(2L);
    assertThat(indexed(1)).isEqualTo(new Indexed("first result", 7));
    assertThat(indexed(2)).isEqualTo(new Indexed("second plan", 0));
  }

  @Test
  void aLateBulkOfTheOldTextIsTakenAndChangesNothing() throws IOException {
    edit(1, 7, "first result");
    index();

    assertTaken(new Message(key(1), APP, "first plan", 0, Instant.now()));
    assertTaken(new Message(key(1), APP, "first sketch", 6, Instant.now()));

    assertThat(found("first")).containsExactly(1L);
    assertThat(indexed(1)).isEqualTo(new Indexed("first result", 7));
  }

  /** As when one worker reads a message before its edit, and sends it after another has sent it. */
  @Test
  void aRoundThatComesLateSettlesItsRows() throws IOException {
    edit(1, 7, "first result");
    index();
    edit(1, 6, "first sketch");
    edit(2, 8, "second result");

    index();

    assertThat(found("result")).containsExactlyInAnyOrder(1L, 2L);
    assertThat(found("sketch")).isEmpty();
  }

  @Test
  void aDeletionLeavesADocumentThatNoSearchFinds() throws IOException {
    delete(1, 7);

    index();

    assertThat(indexed(1)).isEqualTo(new Indexed("", Numbers.HIGHEST));
    assertThat(found("first")).isEmpty();
    assertThat(found("plan")).containsExactly(2L);
    assertThat(numbers(Query.of(query -> query.wildcard(any -> any.field("body").value("*")))))
        .as("anything that has text")
        .containsExactly(2L);
    assertThat(numbers(Query.of(query -> query.prefix(any -> any.field("body").value("")))))
        .containsExactly(2L);
  }

  @Test
  void aLateBulkDoesNotBringADeletedTextBack() throws IOException {
    // From now on, Elasticsearch forgets the version of a deleted document at once.
    elasticsearch
        .indices()
        .putSettings(
            index ->
                index
                    .index(live)
                    .settings(settings -> settings.gcDeletes(time -> time.time("0s"))));
    edit(1, 6, "first sketch");
    index();
    delete(1, 7);
    index();
    assertThat(found("sketch")).isEmpty();

    assertTaken(new Message(key(1), APP, "first plan", 0, Instant.now()));
    assertTaken(new Message(key(1), APP, "first sketch", 6, Instant.now()));
    // The deletion was a dead letter while a later edit came.
    assertTaken(new Message(key(1), APP, "first sketch", 7, Instant.now()));

    assertThat(found("first")).isEmpty();
    assertThat(indexed(1)).isEqualTo(new Indexed("", Numbers.HIGHEST));
  }

  @Test
  void anIndexOfTheLayoutBeforeTakesWritesUntilItIsReplaced() throws IOException {
    for (int i = 0; i < 3; i++) {
      indexWithAVersionOfElasticsearchsOwn(1, "first plan");
    }
    assertThat(indexed(1).version()).isEqualTo(3);
    mysql.sql("UPDATE search_indexes SET layout = ?").param(SearchLayout.OLDEST_USABLE).update();
    edit(1, 1, "first result");
    edit(2, 2, "second result");
    persist(CHAT, 3, "third plan");

    index();

    assertThat(found("result")).as("of the old index").containsExactly(2L);
    assertThat(found("third")).containsExactly(3L);
    assertThat(worker.getBean(Reindex.class).run((_, _) -> {})).isEqualTo(3);
    assertThat(indexes.all())
        .extracting(SearchIndexes.Entry::layout)
        .containsExactly(SearchLayout.VERSION);
    assertThat(found("result")).containsExactlyInAnyOrder(1L, 2L);
    assertThat(found("plan")).containsExactly(3L);
  }

  @Test
  void rowsWaitForTheWorkersOfANewerLayout() {
    mysql
        .sql("INSERT INTO search_indexes (name, role, layout) VALUES ('newer', 'BUILDING', ?)")
        .param(SearchLayout.VERSION + 1)
        .update();
    edit(1, 1, "first result");

    append(CHAT, 1, 1);

    assertThat(round.run()).isEqualTo(IndexRound.Result.WORKER_OUTDATED);
    assertThat(outbox.size()).isEqualTo(1);
    assertThat(indexed(1)).isEqualTo(new Indexed("first plan", 0));
  }

  private static void edit(long number, long revision, String body) {
    mysql
        .sql(
            "UPDATE messages SET body = ?, revision = ?, edited_at = UTC_TIMESTAMP(6)"
                + " WHERE number = ?")
        .params(body, revision, number)
        .update();
  }

  private static void delete(long number, long revision) {
    mysql
        .sql(
            "UPDATE messages SET body = '', revision = ?, deleted_at = UTC_TIMESTAMP(6)"
                + " WHERE number = ?")
        .params(revision, number)
        .update();
  }

  /** Indexes all messages in one round, which must settle its row. */
  private static void index() {
    append(CHAT, 1, 3);

    assertThat(round.run()).isEqualTo(IndexRound.Result.IDLE);

    assertThat(outbox.size()).isZero();
  }

  private void assertTaken(Message message) {
    DocumentWriter.Target index = indexes.all().getFirst().target();
    assertThat(worker.getBean(DocumentWriter.class).write(index, List.of(message)))
        .isEqualTo(new BulkAnswer(1, false, Set.of(), Set.of(), ""));
  }

  private void indexWithAVersionOfElasticsearchsOwn(long number, String body) throws IOException {
    String digest = AppDigest.of(APP).value();
    elasticsearch.index(
        document ->
            document
                .index(live)
                .id("%s:1:%d".formatted(digest, number))
                .routing(digest)
                .document(Map.of("digest", digest, "chat", 1, "number", number, "body", body)));
  }

  private static MessageKey key(long number) {
    return new MessageKey(CHAT, number);
  }

  private static Indexed indexed(long number) {
    Message message = new Message(key(number), APP, "", 0, Instant.EPOCH);
    return worker
        .getBean(IndexedMessages.class)
        .documents(List.of(message))
        .getOrDefault(message.key(), new Indexed("not there", -1));
  }

  private static List<Long> found(String word) throws IOException {
    return numbers(Query.of(query -> query.match(match -> match.field("body").query(word))));
  }

  private static List<Long> numbers(Query query) throws IOException {
    elasticsearch.indices().refresh(index -> index.index(SearchCluster.SEARCHED));
    return elasticsearch
        .search(search -> search.index(SearchCluster.SEARCHED).query(query), Found.class)
        .hits()
        .hits()
        .stream()
        .map(hit -> hit.source() == null ? 0 : hit.source().number())
        .toList();
  }

  private record Found(String digest, long chat, long number, String body) {}
}

package dev.tally.worker.indexer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.epoch.RecordedPosition;
import dev.tally.common.identity.ChatKey;
import dev.tally.common.identity.MessageKey;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.search.SearchLayout;
import dev.tally.worker.index.IndexedMessages;
import dev.tally.worker.index.Message;
import dev.tally.worker.index.SearchCluster;
import dev.tally.worker.outbox.SearchOutbox;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What one round makes of the rows of the outbox, with each answer of a real Elasticsearch. */
class IndexRoundIT extends IndexRoundFixture {

  /** Takes a body only if it is a number. */
  private static final String NUMBERS_ONLY =
      """
      {"mappings": {"properties": {"body": {"type": "long"}}}}""";

  private static final String POSITIONS = "tally-positions";

  @Test
  void rowsAreDoneWhenTheirMessagesAreIndexed() {
    persist(CHAT, 1, "one");
    persist(CHAT, 2, "two");
    persist(OTHER, 1, "other");
    append(CHAT, 1, 2);
    append(OTHER, 1, 1);

    assertThat(round.run()).isEqualTo(IndexRound.Result.IDLE);

    assertThat(rows()).isEmpty();
    assertThat(indexed(CHAT, 1, 2)).containsExactly(1L, 2L);
    assertThat(indexed(OTHER, 1, 1)).containsExactly(1L);
  }

  @Test
  void aRefusedDocumentDelaysNoOther() throws IOException {
    makeLiveIndex(NUMBERS_ONLY);
    persist(CHAT, 1, "1");
    persist(CHAT, 2, "two");
    persist(CHAT, 3, "3");
    persist(OTHER, 1, "1");
    append(CHAT, 1, 3);
    append(OTHER, 1, 1);

    round.run();

    assertThat(rows()).containsExactly("1/1: 2-2, attempts 1, due later");
    assertThat(indexed(CHAT, 1, 3)).containsExactly(1L, 3L);
    assertThat(indexed(OTHER, 1, 1)).containsExactly(1L);

    round.run();
    assertThat(rows()).as("before it is due").containsExactly("1/1: 2-2, attempts 1, due later");

    makeDue();
    round.run();
    assertThat(rows()).as("refused again").containsExactly("1/1: 2-2, attempts 2, due later");

    cluster.delete(live);
    cluster.create(live);
    cluster.search(live);
    makeDue();
    round.run();
    assertThat(rows()).isEmpty();
    assertThat(indexed(CHAT, 2, 2)).containsExactly(2L);
  }

  @Test
  void anIndexThatTakesNothingForNowLeavesEveryRowAsItIs() throws IOException {
    persist(CHAT, 1, "one");
    append(CHAT, 1, 1);
    // Elasticsearch sets this block when its disk is full, and answers each document with a 429.
    block(true);

    assertThatThrownBy(round::run).isInstanceOf(TransientDataAccessException.class);
    assertThat(rows()).containsExactly("1/1: 1-1, attempts 0, due");

    block(false);
    round.run();
    assertThat(rows()).isEmpty();
    assertThat(indexed(CHAT, 1, 1)).containsExactly(1L);
  }

  @Test
  void aLongRowAdvancesByARound() {
    for (long number : List.of(1L, 2_000L, 2_001L, 4_000L, 4_001L)) {
      persist(CHAT, number, "long");
    }
    persist(OTHER, 1, "other");
    append(CHAT, 1, 4_001);
    append(OTHER, 1, 1);

    assertThat(round.run()).isEqualTo(IndexRound.Result.MORE);
    assertThat(rows())
        .containsExactly("2/1: 1-1, attempts 0, due", "1/1: 2001-4001, attempts 0, due");
    assertThat(indexed(CHAT, 1, 4_001)).containsExactly(1L, 2_000L);

    assertThat(round.run()).isEqualTo(IndexRound.Result.MORE);
    assertThat(rows()).containsExactly("1/1: 4000-4001, attempts 0, due");
    assertThat(indexed(OTHER, 1, 1)).containsExactly(1L);

    assertThat(round.run()).isEqualTo(IndexRound.Result.IDLE);
    assertThat(rows()).isEmpty();
    assertThat(indexed(CHAT, 1, 4_001)).containsExactly(1L, 2_000L, 2_001L, 4_000L, 4_001L);
  }

  @Test
  void aRowWithoutMessagesIsDone() {
    persist(CHAT, 4, "four");
    append(CHAT, 1, 5);
    append(OTHER, 1, 3);

    round.run();

    assertThat(rows()).isEmpty();
    assertThat(indexed(CHAT, 1, 5)).containsExactly(4L);
  }

  @Test
  void aLostMessageIsNotIndexed() {
    persist(CHAT, 1, "there");
    persist(CHAT, 2, "");
    mysql.sql("UPDATE messages SET lost_at = UTC_TIMESTAMP(6) WHERE number = 2").update();
    append(CHAT, 1, 2);

    round.run();

    assertThat(rows()).isEmpty();
    assertThat(indexed(CHAT, 1, 2)).containsExactly(1L);
  }

  @Test
  void anAppThatGetsTheIdOfALostOneHasDocumentsOfItsOwn() {
    persist(CHAT, 1, "of the lost app");
    append(CHAT, 1, 1);
    round.run();
    mysql.sql("DELETE FROM apps WHERE id = ?").param(CHAT.appId()).update();
    mysql.sql("UPDATE apps SET id = ? WHERE id = ?").params(CHAT.appId(), OTHER.appId()).update();
    mysql.sql("UPDATE messages SET body = 'of the new app'").update();
    append(CHAT, 1, 1);

    round.run();

    assertThat(bodies(CHAT.appId())).containsExactly("of the lost app");
    assertThat(bodies(OTHER.appId())).containsExactly("of the new app");
  }

  @Test
  void anIndexOfAnOlderVersionIsLeftOut() {
    persist(CHAT, 1, "one");
    append(CHAT, 1, 1);
    mysql.sql("UPDATE search_indexes SET layout = 1").update();

    assertThat(round.run()).isEqualTo(IndexRound.Result.INDEX_OUTDATED);
    assertThat(rows()).containsExactly("1/1: 1-1, attempts 0, due");

    String next = SearchCluster.newName();
    cluster.create(next);
    mysql
        .sql("INSERT INTO search_indexes (name, role, layout) VALUES (?, 'BUILDING', ?)")
        .params(next, SearchLayout.VERSION)
        .update();
    assertThat(round.run()).isEqualTo(IndexRound.Result.IDLE);
    assertThat(rows()).isEmpty();
    assertThat(indexed(CHAT, 1, 1)).isEmpty();
    cluster.search(next);
    assertThat(indexed(CHAT, 1, 1)).containsExactly(1L);
  }

  @Test
  void withoutALiveIndexEveryRowStays() {
    persist(CHAT, 1, "one");
    append(CHAT, 1, 1);
    cluster.delete(live);

    assertThat(round.run()).isEqualTo(IndexRound.Result.INDEX_MISSING);
    assertThat(cluster.indexUuid(live)).as("made by a document").isEmpty();

    mysql.sql("DELETE FROM search_indexes").update();
    assertThat(round.run()).isEqualTo(IndexRound.Result.INDEX_MISSING);
    assertThat(rows()).containsExactly("1/1: 1-1, attempts 0, due");
  }

  /** So the record tells of each document whose row is lost, if Redis is set back, too. */
  @Test
  void howFarMySqlHasComeIsRecordedBeforeItsMessagesAreIndexed() throws IOException {
    persist(CHAT, 1, "one");
    append(CHAT, 1, 1);
    round.run();
    mysql.sql("UPDATE partition_positions SET persisted = 7").update();
    persist(CHAT, 2, "two");
    append(CHAT, 2, 2);
    block(POSITIONS, true);

    assertThatThrownBy(round::run)
        .isInstanceOf(DataAccessException.class)
        .hasMessageContaining("positions of partitions cannot be recorded");
    assertThat(indexed(CHAT, 1, 2)).containsExactly(1L);
    assertThat(rows()).containsExactly("1/1: 2-2, attempts 0, due");

    block(POSITIONS, false);
    round.run();
    assertThat(indexed(CHAT, 1, 2)).containsExactly(1L, 2L);
    assertThat(requireNonNull(recorded()).persisted()).isEqualTo(7);
  }

  /** Another service has checked a Redis that this one is not connected to. */
  @Test
  void aPartitionThatCannotBeRecordedHoldsUpNoOther() {
    int other = PARTITION + 1;
    mysql
        .sql("REPLACE INTO partition_positions (partition_number, term) VALUES (?, 9)")
        .param(other)
        .update();
    worker
        .getBean(StringRedisTemplate.class)
        .opsForHash()
        .putAll(
            new PartitionKeys(other).state(), Map.of("run", run(), "term", "1", "term_run", run()));
    persist(CHAT, 1, "one");
    append(CHAT, 1, 1);
    persist(OTHER, 1, "other");
    outbox.append(List.of(new SearchOutbox.Range(other, OTHER, new NumberRange(1, 1))));

    IndexRound round = round(Set.of(PARTITION, other));
    round.run();

    assertThat(indexed(CHAT, 1, 1)).containsExactly(1L);
    assertThat(indexed(OTHER, 1, 1)).isEmpty();
    assertThat(rows()).containsExactly("2/1: 1-1, attempts 0, due");
    assertThat(round.run()).as("it is left out for a while").isEqualTo(IndexRound.Result.IDLE);
  }

  private static @Nullable RecordedPosition recorded() throws IOException {
    return elasticsearch.get(get -> get.index(POSITIONS).id("3"), RecordedPosition.class).source();
  }

  private static String run() {
    try (RedisConnection connection =
        worker.getBean(RedisConnectionFactory.class).getConnection()) {
      return requireNonNull(connection.serverCommands().info("server")).getProperty("run_id");
    }
  }

  private static List<String> rows() {
    return mysql
        .sql(
            "SELECT CONCAT(app_id, '/', chat_number, ': ', first_number, '-', last_number,"
                + " ', attempts ', attempts, ', ',"
                + " IF(due_at > UTC_TIMESTAMP(6), 'due later', 'due'))"
                + " FROM search_outbox ORDER BY due_at, id")
        .query((row, _) -> row.getString(1))
        .list();
  }

  private static void makeDue() {
    mysql.sql("UPDATE search_outbox SET due_at = UTC_TIMESTAMP(6)").update();
  }

  /** Those of the numbers whose documents are in the live index. */
  private static List<Long> indexed(ChatKey chat, long first, long last) {
    List<Message> messages =
        LongStream.rangeClosed(first, last)
            .mapToObj(
                number ->
                    new Message(
                        new MessageKey(chat, number), token(chat.appId()), "", 0, Instant.EPOCH))
            .toList();
    return worker.getBean(IndexedMessages.class).documents(messages).keySet().stream()
        .map(MessageKey::number)
        .sorted()
        .toList();
  }

  /** The body of an app's message that was message 1 of chat 1. */
  private static List<String> bodies(long tokenOf) {
    Message message = new Message(new MessageKey(CHAT, 1), token(tokenOf), "", 0, Instant.EPOCH);
    return worker.getBean(IndexedMessages.class).documents(List.of(message)).values().stream()
        .map(IndexedMessages.Indexed::body)
        .toList();
  }

  /** Replaces the live index by one of the same name with another definition. */
  private void makeLiveIndex(String definition) throws IOException {
    cluster.delete(live);
    elasticsearch
        .indices()
        .create(
            index ->
                index
                    .index(live)
                    .withJson(new StringReader(definition))
                    .aliases(live + "-write", alias -> alias)
                    .aliases(SearchCluster.SEARCHED, alias -> alias));
  }

  private void block(boolean blocked) throws IOException {
    block(live, blocked);
  }

  private static void block(String name, boolean blocked) throws IOException {
    elasticsearch
        .indices()
        .putSettings(
            index ->
                index
                    .index(name)
                    .settings(
                        settings ->
                            settings.blocks(blocks -> blocks.readOnlyAllowDelete(blocked))));
  }
}

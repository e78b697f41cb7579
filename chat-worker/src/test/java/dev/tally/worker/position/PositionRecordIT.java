package dev.tally.worker.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.epoch.RecordedPosition;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.testkit.TestServers;
import dev.tally.worker.ChatWorker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.data.elasticsearch.client.elc.ElasticsearchTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Redis and MySQL are both restored to states that agree; Elasticsearch remembers more. */
class PositionRecordIT {

  private static final PartitionKeys KEYS = new PartitionKeys(3);
  private static final Set<Integer> PARTITIONS = Set.of(3);

  private ConfigurableApplicationContext worker;
  private Epochs epochs;
  private StringRedisTemplate redis;
  private JdbcClient mysql;
  private PositionIndex index;

  @BeforeEach
  void start() {
    start(forCommand());
  }

  private static ConfigurableApplicationContext forCommand(String... more) {
    List<String> arguments = new ArrayList<>(TestServers.wiped().arguments());
    arguments.addAll(List.of(more));
    return ChatWorker.forCommand(arguments.toArray(String[]::new));
  }

  @AfterEach
  void stop() {
    worker.close();
  }

  @Test
  void positionsAreRecordedWhenTheyHaveChanged() {
    PositionRecord record = record();
    accepted(20, 18);
    record.record(PARTITIONS);
    assertThat(index.read(3).position()).isEqualTo(new RecordedPosition(run(), 0, 20, 18));

    accepted(25, 20);
    record.record(PARTITIONS);

    assertThat(index.read(3).position()).isEqualTo(new RecordedPosition(run(), 0, 25, 20));
    assertThat(index.read(4).position()).isEqualTo(RecordedPosition.NONE);
    assertThat(indexDue()).isZero();
  }

  @Test
  void bothServersRestoredAreNoticedByTheRecord() {
    accepted(20, 18);
    record().record(PARTITIONS);
    // The same process of Redis: as after FLUSHALL, or a restore of its keys.
    accepted(12, 12);

    record().record(PARTITIONS);

    assertThat(redis.opsForHash().get(KEYS.state(), "position")).isEqualTo("20");
    assertThat(redis.opsForHash().get(KEYS.state(), "epoch")).isEqualTo("1");
    assertThat(indexDue()).isEqualTo(1);
    assertThat(index.read(3).position()).isEqualTo(new RecordedPosition(run(), 1, 20, 20));
    record().record(PARTITIONS);
    assertThat(redis.opsForHash().get(KEYS.state(), "epoch")).as("the next one").isEqualTo("1");
  }

  @Test
  void aRecordOfAnEarlierRunIsComparedWithThePositionAtTheRestart() {
    assertThat(index.read(3)).isEqualTo(PositionIndex.Stored.NOTHING);
    index.write(
        Map.of(3, new PositionIndex.Stored(new RecordedPosition("earlier", 0, 15, 12), null)));
    accepted(20, 12);
    redis.opsForHash().put(KEYS.state(), "checked", "12");

    record().record(PARTITIONS);

    assertThat(redis.opsForHash().get(KEYS.state(), "epoch")).isEqualTo("1");
    assertThat(indexDue()).as("MySQL has all").isZero();
  }

  @Test
  void aRecordOfThisRunIsNotComparedWithThePositionAtTheRestart() {
    PositionRecord record = record();
    accepted(12, 12);
    redis.opsForHash().put(KEYS.state(), "checked", "12");
    record.record(PARTITIONS);
    accepted(20, 12);
    record.record(PARTITIONS);

    record().record(PARTITIONS);

    assertThat(redis.opsForHash().get(KEYS.state(), "epoch")).isNull();
  }

  /** A gateway was first, and saw only that Redis lost its latest writes. */
  @Test
  void bothServersRestoredAreNoticedAfterAnEpochThatAnotherServiceBegan() {
    PositionRecord record = record();
    accepted(20, 18);
    assertThat(record.record(PARTITIONS)).containsExactly(3);
    accepted(14, 14);
    epochs.compare(KEYS, new RecordedPosition("", 0, 20, 0));
    assertThat(indexDue()).isZero();

    assertThat(record.record(PARTITIONS)).containsExactly(3);

    assertThat(indexDue()).isEqualTo(1);
    assertThat(index.read(3).position()).isEqualTo(new RecordedPosition(run(), 2, 20, 20));
  }

  @Test
  void anUnchangedPositionIsRecordedAlready() {
    PositionRecord record = record();
    accepted(20, 18);
    record.record(PARTITIONS);

    assertThat(record.record(PARTITIONS)).containsExactly(3);
  }

  @Test
  void withoutElasticsearchRedisAndMySqlAreCompared() {
    worker.close();
    start(forCommand("--spring.elasticsearch.uris=http://127.0.0.1:9"));
    accepted(20, 18);
    mysql.sql("UPDATE partition_positions SET persisted = 5").update();

    assertThatThrownBy(() -> record().record(PARTITIONS))
        .isInstanceOf(DataAccessResourceFailureException.class);

    assertThat(indexDue()).isEqualTo(1);
  }

  /** It was frozen, and another one has taken the partition over. */
  @Test
  void aWorkerThatComesLateDoesNotReplaceALaterRecord() {
    PositionRecord late = record();
    accepted(20, 18);
    late.record(PARTITIONS);
    accepted(30, 28);
    record().record(PARTITIONS);
    accepted(25, 20);

    assertThat(late.record(PARTITIONS)).isEmpty();

    assertThat(index.read(3).position().persisted()).isEqualTo(28);
    assertThat(late.record(PARTITIONS)).containsExactly(3);
    assertThat(indexDue()).as("found, now that it is compared").isEqualTo(1);
  }

  @Test
  void aMySqlThatHasLessThanItsRecordIsComparedBeforeItIsRecorded() {
    PositionRecord record = record();
    accepted(20, 18);
    record.record(PARTITIONS);
    mysql.sql("UPDATE partition_positions SET persisted = 12, seen = 12").update();
    redis.opsForHash().put(KEYS.state(), "acknowledged", "12");

    assertThat(record.record(PARTITIONS)).containsExactly(3);

    assertThat(indexDue()).isEqualTo(1);
  }

  @Test
  void aPositionThatRedisContradictsIsNotRecorded() {
    PositionRecord record = record();
    accepted(20, 18);
    record.record(PARTITIONS);
    mysql.sql("UPDATE partition_positions SET persisted = 12, seen = 12").update();

    assertThat(epochs.position(KEYS)).isEmpty();
  }

  @Test
  void anIndexThatWasDeletedIsMadeAgain() throws IOException {
    PositionRecord record = record();
    accepted(20, 18);
    record.record(PARTITIONS);
    worker
        .getBean(ElasticsearchClient.class)
        .indices()
        .delete(delete -> delete.index(PositionIndex.NAME));
    accepted(25, 20);

    record.record(PARTITIONS);
    assertThat(record.record(PARTITIONS)).containsExactly(3);

    assertThat(index.read(3).position().persisted()).isEqualTo(20);
  }

  private void start(ConfigurableApplicationContext started) {
    worker = started;
    epochs = started.getBean(Epochs.class);
    redis = started.getBean(StringRedisTemplate.class);
    mysql = started.getBean(JdbcClient.class);
    index = new PositionIndex(started.getBean(ElasticsearchTemplate.class));
  }

  /** A worker that has just got the partition. */
  private PositionRecord record() {
    return new PositionRecord(epochs, index);
  }

  /** Both servers agree: all jobs up to one are persisted and acknowledged, and the rest waits. */
  private void accepted(long position, long persisted) {
    epochs.check(KEYS, 0);
    redis
        .opsForHash()
        .putAll(
            KEYS.state(),
            Map.of(
                "position", Long.toString(position),
                "acknowledged", Long.toString(persisted),
                "jobs", Long.toString(position - persisted)));
    mysql
        .sql("UPDATE partition_positions SET persisted = ?, seen = ? WHERE partition_number = 3")
        .params(persisted, position)
        .update();
  }

  private String run() {
    return (String) redis.opsForHash().get(KEYS.state(), "run");
  }

  private long indexDue() {
    return mysql
        .sql("SELECT COUNT(*) FROM partition_positions WHERE index_due <> 0")
        .query(Long.class)
        .single();
  }
}

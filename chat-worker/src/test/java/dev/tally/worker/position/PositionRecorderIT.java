package dev.tally.worker.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tally.common.epoch.Epochs;
import dev.tally.common.epoch.RecordedPosition;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.testkit.TestServers;
import dev.tally.worker.ChatWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.elasticsearch.client.elc.ElasticsearchTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Redis and MySQL are both restored to states that agree; Elasticsearch remembers more. */
class PositionRecorderIT {

  private static final PartitionKeys KEYS = new PartitionKeys(3);

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
    PositionRecorder recorder = recorder();
    accepted(20, 18);
    recorder.record();
    assertThat(index.read(3)).isEqualTo(new RecordedPosition(run(), 0, 20, 18));

    accepted(25, 20);
    recorder.record();

    assertThat(index.read(3)).isEqualTo(new RecordedPosition(run(), 0, 25, 20));
    assertThat(index.read(4)).isEqualTo(RecordedPosition.NONE);
    assertThat(indexDue()).isZero();
  }

  @Test
  void bothServersRestoredAreNoticedByTheRecord() {
    accepted(20, 18);
    recorder().record();
    // The same process of Redis: as after FLUSHALL, or a restore of its keys.
    accepted(12, 12);

    recorder().record();

    assertThat(redis.opsForHash().get(KEYS.state(), "position")).isEqualTo("20");
    assertThat(redis.opsForHash().get(KEYS.state(), "epoch")).isEqualTo("1");
    assertThat(indexDue()).isEqualTo(1);
    assertThat(index.read(3)).isEqualTo(new RecordedPosition(run(), 1, 20, 20));
    recorder().record();
    assertThat(redis.opsForHash().get(KEYS.state(), "epoch")).as("the next one").isEqualTo("1");
  }

  @Test
  void aRecordOfAnEarlierRunIsComparedWithThePositionAtTheRestart() {
    index.write(Map.of(3, new RecordedPosition("earlier", 0, 15, 12)));
    accepted(20, 12);
    redis.opsForHash().put(KEYS.state(), "checked", "12");

    recorder().record();

    assertThat(redis.opsForHash().get(KEYS.state(), "epoch")).isEqualTo("1");
    assertThat(indexDue()).as("MySQL has all").isZero();
  }

  @Test
  void aRecordOfThisRunIsNotComparedWithThePositionAtTheRestart() {
    PositionRecorder recorder = recorder();
    accepted(12, 12);
    redis.opsForHash().put(KEYS.state(), "checked", "12");
    recorder.record();
    accepted(20, 12);
    recorder.record();

    recorder().record();

    assertThat(redis.opsForHash().get(KEYS.state(), "epoch")).isNull();
  }

  @Test
  void withoutElasticsearchRedisAndMySqlAreCompared() {
    worker.close();
    start(forCommand("--spring.elasticsearch.uris=http://127.0.0.1:9"));
    accepted(20, 18);
    mysql.sql("UPDATE partition_positions SET persisted = 5").update();

    assertThatCode(() -> recorder().record()).doesNotThrowAnyException();

    assertThat(indexDue()).isEqualTo(1);
  }

  private void start(ConfigurableApplicationContext started) {
    worker = started;
    epochs = started.getBean(Epochs.class);
    redis = started.getBean(StringRedisTemplate.class);
    mysql = started.getBean(JdbcClient.class);
    index = new PositionIndex(started.getBean(ElasticsearchTemplate.class));
  }

  /** A worker that has just got the partition. */
  private PositionRecorder recorder() {
    return new PositionRecorder(() -> Set.of(3), epochs, index);
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

package dev.tally.worker.erase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.redis.BytesRedisTemplate;
import dev.tally.common.redis.KeyScan;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.numbers.Counters;
import dev.tally.worker.restore.VoidRows;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A deleted app is erased with all that it had; its token stays. */
class ErasedAppIT {

  private EraseFixture fixture;
  private String app;
  private String other;
  private AppToken token;
  private PartitionKeys keys;
  private String chats;

  @BeforeEach
  void start() {
    fixture = new EraseFixture();
    app = fixture.app();
    other = fixture.app();
    token = new AppToken(app);
    keys = fixture.keys(app);
    chats = keys.chats(token);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void allIsErasedButItsRow() {
    fixture.request(app, 1, "");
    fixture.request(app, 0, "ada");
    fixture.deleteApp(app);
    assertThat(fixture.findings()).isEmpty();

    fixture.eraseOnce();

    assertThat(fixture.count("erasures")).isEqualTo(1);
    assertThat(access()).isEqualTo(PartitionKeys.DELETED);
    assertThat(fixture.rows("messages", app, 1) + fixture.rows("messages", app, 2)).isZero();
    assertThat(fixture.rows("changes", app, 1)).isZero();
    assertThat(fixture.count("chats WHERE app_id = " + fixture.worker.id(app))).isZero();
    assertThat(fixture.documents(app, 1) + fixture.documents(app, 2)).isZero();
    assertThat(fixture.worker.redis.keys("*" + app + "*")).containsExactly(chats);
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
    assertThat(fixture.count("apps WHERE name = '' AND deleted_at IS NOT NULL")).isEqualTo(1);
    assertThat(fixture.findings()).isEmpty();

    fixture.settle();
    fixture.turn();
    assertThat(fixture.count("erasures")).isZero();
    assertThat(fixture.worker.redis.keys("*" + app + "*")).isEmpty();
    assertThat(fixture.findings()).isEmpty();
    assertOtherIsKept();
  }

  @Test
  void itsJobsAreDroppedBefore() {
    fixture.stopDraining();
    fixture.worker.queue(app, fixture.worker.messageJob(app, 1, 3, "late"));
    fixture.deleteApp(app);

    fixture.turn();
    assertThat(access()).isEqualTo(PartitionKeys.DELETED);
    assertThat(fixture.rows("messages", app, 1)).isEqualTo(2);

    fixture.worker.redis.rename(keys.jobs(token), keys.claimed());
    fixture.turn();
    assertThat(fixture.rows("messages", app, 1)).isEqualTo(2);

    fixture.worker.redis.delete(keys.claimed());
    fixture.turn();
    assertThat(fixture.rows("messages", app, 1)).isZero();
  }

  /** Redis does not look through the keys of all apps, and those of a similar token stay. */
  @Test
  void itsKeysAreErasedByTheirNames() {
    count(2_001);
    for (long chat : List.of(999L, 1_000L, 1_001L, 2_000L, 2_001L)) {
      fixture.worker.count(fixture.counter(app, chat), 1);
    }
    putRecord(keys.records(token).get(1), PartitionKeys.MORE, "1");
    putRecord(keys.shards(token, '_').get(1), "_key", "f 1 7 1");
    // Its slice does not tell of it any more.
    putRecord(keys.shards(token, 'A').get(2), "A key", "f 1 8 1");
    Set<String> kept = keysOfSimilarToken();
    // A scan would need a connection, and there is none.
    RedisTraces traces = traces(new LettuceConnectionFactory("127.0.0.1", 1));

    assertThat(traces.eraseApp(token)).isEqualTo(new RedisTraces.Erased(7, 2));
    assertThat(fixture.worker.redis.keys("*" + app + "*")).containsExactly(chats);
    assertThat(fixture.worker.redis.keys("*" + similar().value() + "*")).isEqualTo(kept);
    assertThat(fixture.worker.redis.opsForHash().keys(fixture.records(other))).hasSize(4);
    assertThat(fixture.worker.counted(fixture.counter(other, 1))).isEqualTo("2");
    assertThat(traces.eraseApp(token).isNothing()).isTrue();
  }

  @Test
  void itsKeysAreFoundIfItsCounterIsLost() {
    fixture.worker.redis.delete(chats);
    putRecord(keys.shards(token, '_').get(1), "_key", "f 1 7 1");
    Set<String> kept = keysOfSimilarToken();
    RedisTraces traces = fixture.bean(RedisTraces.class);

    assertThat(traces.eraseApp(token)).isEqualTo(new RedisTraces.Erased(5, 2));
    assertThat(fixture.worker.redis.keys("*" + app + "*")).isEmpty();
    assertThat(fixture.worker.redis.keys("*" + similar().value() + "*")).isEqualTo(kept);
    assertThat(traces.eraseApp(token).isNothing()).isTrue();
  }

  @Test
  void itsKeysAreFoundIfItsCounterDoesNotTellTheirNames() {
    for (String numbers : List.of("many", "-1", Long.toString(RedisTraces.MOST_NAMED + 1))) {
      count(2);
      fixture.worker.redis.opsForHash().put(chats, PartitionKeys.NUMBERS, numbers);
      assertCounterIsFound(RedisTraces.MOST_NAMED + 2);
    }
    count(2);
    fixture.worker.redis.opsForHash().put(chats, PartitionKeys.EPOCH, "of another time");
    assertCounterIsFound(3);
  }

  private void assertCounterIsFound(long chat) {
    fixture.worker.count(fixture.counter(app, chat), 1);
    fixture.bean(RedisTraces.class).eraseApp(token);
    assertThat(fixture.worker.redis.keys("*" + app + "*")).containsExactly(chats);
  }

  /** The app has given out these chats, in the present epoch. */
  private void count(long numbers) {
    fixture.worker.count(chats, numbers);
    String epoch = fixture.bean(Counters.class).epoch(keys);
    fixture.worker.redis.opsForHash().put(chats, PartitionKeys.EPOCH, epoch);
  }

  private void putRecord(String hash, String name, String record) {
    fixture.worker.redis.opsForHash().put(hash, name, record);
  }

  /** A token that differs from the app's in its last digit. */
  private AppToken similar() {
    return new AppToken(app.substring(0, 31) + (app.endsWith("0") ? "1" : "0"));
  }

  /** Adds keys in the app's partition, for a token that begins like the app's. */
  private Set<String> keysOfSimilarToken() {
    AppToken similar = similar();
    fixture.worker.count(keys.chats(similar), 1);
    fixture.worker.count(keys.messages(new ChatName(similar, 1)), 1);
    putRecord(keys.records(similar).getFirst(), "key", "f 1 1 1");
    return Set.of(
        keys.chats(similar),
        keys.messages(new ChatName(similar, 1)),
        keys.records(similar).getFirst());
  }

  private RedisTraces traces(RedisConnectionFactory ofScans) {
    return new RedisTraces(
        fixture.worker.redis,
        fixture.bean(RedisLayout.class),
        new KeyScan(new BytesRedisTemplate(ofScans)),
        fixture.bean(WaitingJobs.class),
        fixture.bean(DeadLetters.class));
  }

  /** What MySQL has lost of it needs no void rows: nobody gets its numbers. */
  @Test
  void noVoidRowComesIntoIt() {
    VoidRows rows = fixture.bean(VoidRows.class);
    fixture.deleteChat(other, 1);
    fixture.deleteApp(app);

    assertThat(rows.addMessages(fixture.key(other, 1), new NumberRange(1, 9), Set.of())).isZero();
    assertThat(rows.addChanges(fixture.key(other, 1), new NumberRange(1, 9), Set.of())).isZero();
    assertThat(rows.addMessages(fixture.key(app, 2), new NumberRange(1, 9), Set.of())).isZero();
    assertThat(rows.addChats(fixture.worker.id(app), new NumberRange(1, 9), Set.of())).isZero();
    assertThat(rows.addMessages(fixture.key(other, 2), new NumberRange(1, 9), Set.of()))
        .isEqualTo(7);
  }

  /** A large app does not hold up a small chat. */
  @Test
  void erasuresTakeTurns() {
    fixture.addMessages(app, 3, 3_000);
    fixture.deleteApp(app);
    fixture.deleteChat(other, 1);

    fixture.turn();

    assertThat(fixture.rows("messages", app, 1)).isEqualTo(2_000);
    assertThat(fixture.rows("messages", other, 1)).isZero();
    WorkerFixture.await(
        () -> {
          fixture.turn();
          return fixture.count("erasures WHERE rows_erased_at IS NOT NULL") == 2;
        });
  }

  private Object access() {
    return fixture.worker.redis.opsForHash().get(chats, PartitionKeys.ACCESS);
  }

  private void assertOtherIsKept() {
    assertThat(fixture.worker.messages(other, 1)).hasSize(2);
    assertThat(fixture.worker.messages(other, 2)).hasSize(2);
    assertThat(fixture.documents(other, 1)).isEqualTo(2);
    assertThat(fixture.worker.deadLetters(other)).hasSize(2);
    assertThat(fixture.worker.redis.opsForHash().keys(fixture.records(other))).hasSize(4);
  }
}

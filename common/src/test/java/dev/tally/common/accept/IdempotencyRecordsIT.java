package dev.tally.common.accept;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** What idempotency records take of Redis' memory, and for how long. */
class IdempotencyRecordsIT {

  private static final RedisScript<Long> MEMORY_USAGE =
      RedisScript.of("return redis.call('MEMORY', 'USAGE', KEYS[1], 'SAMPLES', '0')", Long.class);

  private static final Partitions PARTITIONS = new Partitions(1);
  private static final PartitionKeys KEYS = new PartitionKeys(0);
  private static final ChatName CHAT = new ChatName(app(0), 123_456);
  private static final IdempotencyKey KEY = IdempotencyKey.of("key", List.of("request"));
  private static final Acceptance FIRST = new Acceptance.Accepted(new NumberRange(1, 1), false);
  private static final Acceptance REPLAYED = new Acceptance.Accepted(new NumberRange(1, 1), true);

  /**
   * What Redis has for each key beside what {@code MEMORY USAGE} counts: entries in the tables of
   * keys and of expiries, whose size doubles.
   */
  private static final int TABLES = 100;

  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private Pipeline pipeline;
  private PartitionMemory partitions;

  @BeforeEach
  void start() {
    TestServers servers = TestServers.wiped();
    servers.migrate();
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    pipeline = new Pipeline(connections, new WaitProperties(0, Duration.ofSeconds(1)));
    DataSource mysql = servers.dataSource();
    partitions =
        new PartitionMemory(
            new Epochs(
                redis,
                JdbcClient.create(mysql),
                new DataSourceTransactionManager(mysql),
                new SimpleMeterRegistry()));
    partitions.check(KEYS, partitions.checks(KEYS));
  }

  @AfterEach
  void stop() {
    pipeline.destroy();
    connections.destroy();
  }

  @ParameterizedTest
  @CsvSource({
    // One key of an app pays for a hash of its own.
    "1_000, 1, 300",
    "500, 4, 120",
    "200, 10, 80",
    "10, 120, 70",
    // Here the shards are nearly empty.
    "10, 184, 120",
    "1, 2_000, 70",
    // Here Redis has a structure for each field of a shard.
    "1, 40_000, 120",
  })
  void aRecordIsSmall(String apps, String keys, int mostBytes) {
    AcceptScript script = script(Duration.ofDays(1));
    int appCount = Integer.parseInt(apps.replace("_", ""));
    int keyCount = Integer.parseInt(keys.replace("_", ""));
    for (int app = 0; app < appCount; app++) {
      ChatName chat = new ChatName(app(app), CHAT.number());
      known(chat, "1234567");
      for (int i = 0; i < keyCount; i++) {
        String key = "the key of a client, number %d".formatted(i);
        IdempotencyKey own = IdempotencyKey.of(key, List.of(key));
        assertThat(accept(script, chat, own)).isInstanceOf(Acceptance.Accepted.class);
      }
    }

    Set<String> hashes = redis.keys("*" + PartitionKeys.BEFORE_SLICE + "*");
    long bytes = hashes.stream().mapToLong(hash -> bytes(hash) + TABLES).sum();
    assertThat((double) bytes / appCount / keyCount).isBetween(30.0, (double) mostBytes);
    assertThat(count()).isEqualTo((long) appCount * keyCount);
  }

  @Test
  void aRecordIsForgottenAfterItsLifeAndNotBefore() {
    known(CHAT, "0");
    Duration life = Duration.ofSeconds(2);
    AcceptScript script = script(life);
    long begin = System.nanoTime();
    assertThat(accept(script, CHAT, KEY)).isEqualTo(FIRST);

    Acceptance second = new Acceptance.Accepted(new NumberRange(2, 2), false);
    await().until(() -> accept(script, CHAT, KEY), second::equals);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(life);
  }

  @Test
  void anotherLifeShortensNoLife() {
    known(CHAT, "0");
    AcceptScript longer = script(Duration.ofDays(1));
    AcceptScript shorter = script(Duration.ofMinutes(1));
    assertThat(accept(longer, CHAT, KEY)).isEqualTo(FIRST);
    for (int i = 0; i < 200; i++) {
      accept(shorter, CHAT, IdempotencyKey.of("other " + i, List.of()));
    }
    assertThat(accept(shorter, CHAT, KEY)).isEqualTo(REPLAYED);
    assertThat(remaining()).isGreaterThan(Duration.ofHours(23));

    IdempotencyKey late = IdempotencyKey.of("late", List.of());
    assertThat(accept(longer, CHAT, late)).isInstanceOf(Acceptance.Accepted.class);
    for (String hash : redis.keys("*" + PartitionKeys.BEFORE_SLICE + "*")) {
      if (redis.opsForHash().hasKey(hash, late.name())) {
        assertThat(redis.getExpire(hash)).isGreaterThan(Duration.ofHours(23).toSeconds());
      }
    }
  }

  /** Makes Redis know a chat, and its app as one that takes writes. */
  private void known(ChatName chat, String messages) {
    redis.opsForHash().put(KEYS.chats(chat.app()), PartitionKeys.ACCESS, PartitionKeys.OPEN);
    redis.opsForHash().put(KEYS.messages(chat), PartitionKeys.NUMBERS, messages);
  }

  /** The life of the hash with the record. */
  private Duration remaining() {
    for (String hash : KEYS.records(CHAT.app())) {
      if (redis.opsForHash().hasKey(hash, KEY.name())) {
        return Duration.ofSeconds(redis.getExpire(hash));
      }
    }
    throw new AssertionError("no record");
  }

  /** How many records the state counts. */
  private long count() {
    return redis.<String, String>opsForHash().multiGet(KEYS.state(), PartitionKeys.RECORDS).stream()
        .filter(count -> count != null)
        .mapToLong(count -> Long.parseLong(count.split(" ", -1)[1]))
        .sum();
  }

  private long bytes(String key) {
    return requireNonNull(redis.execute(MEMORY_USAGE, List.of(key)));
  }

  private static Acceptance accept(AcceptScript script, ChatName chat, IdempotencyKey key) {
    return script.accept(new Parent.Chat(chat), List.of("{\"number\":"), 0, false, key);
  }

  private AcceptScript script(Duration life) {
    return new AcceptScript(
        pipeline,
        redis,
        new RedisLayout(redis, PARTITIONS, _ -> {}),
        _ -> QueueLimit.NONE,
        partitions,
        new IdempotencyLimits(life, 0));
  }

  private static AppToken app(int number) {
    return new AppToken("%032x".formatted(number));
  }
}

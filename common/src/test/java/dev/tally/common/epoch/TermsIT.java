package dev.tally.common.epoch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Another run of Redis takes over, and the one before it may not know that. */
class TermsIT {

  private static final PartitionKeys KEYS = new PartitionKeys(3);

  private final AtomicLong nanoTime = new AtomicLong();
  private @Nullable Supplier<Long> firstCheck;
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private JdbcClient mysql;
  private Epochs epochs;

  @BeforeEach
  void connect() {
    TestServers servers = TestServers.wiped();
    servers.migrate();
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    DataSource dataSource = servers.dataSource();
    mysql = JdbcClient.create(dataSource);
    epochs =
        new Epochs(
            new FaultyRedis(),
            mysql,
            new DataSourceTransactionManager(dataSource),
            new SimpleMeterRegistry(),
            nanoTime::get);
  }

  @AfterEach
  void disconnect() {
    connections.destroy();
  }

  /** A Redis that once answers as a test wants it to, in place of recording a checked run. */
  private final class FaultyRedis extends StringRedisTemplate {

    FaultyRedis() {
      super(connections);
    }

    @Override
    @SuppressWarnings("unchecked") // the only type of answer of this script
    public <T> T execute(RedisScript<T> script, List<String> keys, Object... arguments) {
      Supplier<Long> answer = firstCheck;
      if (answer != null && keys.equals(List.of(KEYS.state(), KEYS.barrier()))) {
        firstCheck = null;
        return (T) answer.get();
      }
      return super.execute(script, keys, arguments);
    }
  }

  @Test
  void aRunThatIsCheckedTakesTheNextTerm() {
    redis("earlier", 3, 10);
    mysql(3, 0, 6, 9);

    epochs.check(KEYS, 10);
    assertTerms(4, 4);

    epochs.check(KEYS, 10);
    epochs.check(KEYS, 0);
    assertTerms(4, 4);
    assertThat(row()).isEqualTo(new PartitionRow(4, 0, 6, 9));
  }

  /** Redis had told nobody yet when the process died, or MySQL was set back since. */
  @Test
  void theNextTermIsAboveThatOfEitherServer() {
    redis("earlier", 2, 10);
    mysql(5, 0, 6, 10);
    epochs.check(KEYS, 0);
    assertTerms(6, 6);

    redis("earlier", 9, 10);
    epochs.check(KEYS, 0);
    assertTerms(10, 10);
  }

  @Test
  void aRunWhoseEpochIsRaisedTakesTheNextTerm() {
    redis("earlier", 3, 8);
    mysql(3, 0, 6, 10);

    epochs.check(KEYS, 0);

    assertTerms(4, 4);
    assertThat(row().epoch()).isEqualTo(1);
  }

  @Test
  void aCheckedRunKeepsItsTermWhenItIsCompared() {
    redis(run(), 3, 10);
    mysql(2, 0, 6, 10);
    epochs.compare(KEYS);
    epochs.glance(KEYS);
    assertTerms(3, 2);

    mysql(2, 0, 6, 12);
    epochs.compare(KEYS);

    assertThat(row().epoch()).isEqualTo(1);
    assertTerms(3, 3);
  }

  @Test
  void aRedisThatWasReplacedRaisesNoEpoch() {
    redis(run(), 3, 8);
    mysql(4, 1, 6, 10);

    assertReplaced(() -> epochs.compare(KEYS));
    assertReplaced(() -> epochs.glance(KEYS));
    // Its memory would be enough if MySQL were away.
    assertReplaced(() -> epochs.check(KEYS, 7));

    assertTerms(3, 4);
    assertThat(row()).isEqualTo(new PartitionRow(4, 1, 6, 10));
    assertThat(redis.opsForHash().get(KEYS.state(), PartitionKeys.EPOCH)).isNull();
  }

  @Test
  void aGlanceNoticesThatRedisWasReplaced() {
    redis(run(), 3, 10);
    mysql(4, 0, 6, 10);

    assertReplaced(() -> epochs.glance(KEYS));
  }

  /** What it says now would look like a loss of the one that replaced it. */
  @Test
  void thePositionOfARedisThatWasReplacedIsNotRecorded() {
    redis(run(), 3, 10);
    mysql(3, 0, 6, 10);
    assertThat(epochs.position(KEYS)).isPresent();

    mysql(4, 0, 6, 10);

    assertThat(epochs.position(KEYS)).isEmpty();
  }

  /** A service was connected to the wrong Redis for a moment, and checked that. */
  @Test
  void aRedisThatStaysThePrimaryTakesTheNextTerm() {
    redis(run(), 3, 10);
    mysql(5, 0, 6, 10);
    for (Duration waited = Duration.ZERO;
        waited.compareTo(Terms.DEMOTION) < 0;
        waited = waited.plus(Terms.LONGEST_GAP)) {
      assertReplaced(() -> epochs.compare(KEYS));
      nanoTime.addAndGet(Terms.LONGEST_GAP.toNanos());
    }

    epochs.compare(KEYS);

    assertTerms(6, 6);
    assertThat(row()).isEqualTo(new PartitionRow(6, 0, 6, 10));
  }

  @Test
  void aRedisThatWasFrozenInBetweenIsNotWaitedForAnyLess() {
    redis(run(), 3, 10);
    mysql(5, 0, 6, 10);
    assertReplaced(() -> epochs.compare(KEYS));

    nanoTime.addAndGet(Terms.DEMOTION.toNanos());

    assertReplaced(() -> epochs.compare(KEYS));
  }

  @Test
  void aTermThatAnotherRunCouldNotRecordIsTakenBack() {
    redis("earlier", 3, 10);
    mysql(3, 0, 6, 10);
    firstCheck = () -> 0L;

    epochs.check(KEYS, 0);

    assertTerms(4, 4);
  }

  /** Without a new term, what is claimed from the run before could be persisted. */
  @Test
  void aRedisThatDoesNotAnswerIsNotTakenForAMySqlThatIsAway() {
    redis("earlier", 3, 10);
    mysql(3, 0, 6, 10);
    firstCheck =
        () -> {
          throw new QueryTimeoutException("Redis is slow");
        };

    assertThatThrownBy(() -> epochs.check(KEYS, 10))
        .isInstanceOf(TransientDataAccessResourceException.class);

    assertTerms(3, 3);
    assertThat(redis.opsForHash().get(KEYS.state(), PartitionKeys.RUN)).isEqualTo("earlier");
  }

  /** A gateway that remembers enough may use it, and a worker has to ask MySQL. */
  @Test
  void aRunThatWasCheckedWithoutMySqlTakesATermWhenItIsCompared() {
    redis("earlier", 3, 10);
    mysql(5, 0, 6, 10);
    mysql.sql("RENAME TABLE partition_positions TO away").update();
    epochs.check(KEYS, 10);
    assertThat(epochs.epoch(KEYS).checkedRun()).isEqualTo(run());
    epochs.check(KEYS, 0);
    assertThatThrownBy(() -> epochs.compare(KEYS)).isInstanceOf(DataAccessException.class);
    mysql.sql("RENAME TABLE away TO partition_positions").update();
    assertTerms(3, 5);
    redis.opsForHash().increment(KEYS.state(), PartitionKeys.POSITION, 2);

    epochs.compare(KEYS);

    assertTerms(6, 6);
    assertThat(redis.opsForHash().get(KEYS.state(), "checked")).isEqualTo("10");
  }

  private void redis(String run, long term, long position) {
    redis
        .opsForHash()
        .putAll(
            KEYS.state(),
            Map.of(
                PartitionKeys.RUN,
                run,
                PartitionKeys.TERM,
                Long.toString(term),
                PartitionKeys.TERM_RUN,
                run,
                PartitionKeys.POSITION,
                Long.toString(position),
                PartitionKeys.ACKNOWLEDGED,
                "4",
                PartitionKeys.JOBS,
                Long.toString(position - 4)));
  }

  private void mysql(long term, long epoch, long persisted, long seen) {
    mysql
        .sql(
            """
            REPLACE INTO partition_positions (partition_number, term, epoch, persisted, seen)
            VALUES (3, ?, ?, ?, ?)""")
        .params(term, epoch, persisted, seen)
        .update();
  }

  private static void assertReplaced(Runnable comparison) {
    assertThatThrownBy(comparison::run)
        .isInstanceOf(TransientDataAccessResourceException.class)
        .hasMessageContaining("has been replaced");
  }

  private void assertTerms(long inRedis, long inMySql) {
    assertThat(redis.opsForHash().get(KEYS.state(), PartitionKeys.TERM))
        .isEqualTo(Long.toString(inRedis));
    assertThat(row().term()).isEqualTo(inMySql);
  }

  private PartitionRow row() {
    return new PartitionRows(mysql).read(3);
  }

  private String run() {
    try (RedisConnection connection = connections.getConnection()) {
      return requireNonNull(connection.serverCommands().info("server")).getProperty("run_id");
    }
  }
}

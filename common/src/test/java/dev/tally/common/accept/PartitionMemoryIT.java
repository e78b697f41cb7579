package dev.tally.common.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Redis has lost writes that a gateway has answered. */
class PartitionMemoryIT {

  private static final AppToken APP = new AppToken("0123456789abcdef0123456789abcdef");
  private static final Partitions PARTITIONS = new Partitions(16);
  private static final PartitionKeys KEYS = PARTITIONS.of(APP);
  private static final IdempotencyKey KEY = IdempotencyKey.of("key", List.of("request"));

  private TestServers servers;
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private Pipeline pipeline;
  private JdbcClient mysql;
  private Epochs epochs;
  private PartitionMemory memory;

  @BeforeEach
  void start() {
    servers = TestServers.wiped();
    servers.migrate();
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    pipeline = new Pipeline(connections, new WaitProperties(0, Duration.ofSeconds(1)));
    DataSource dataSource = servers.dataSource();
    mysql = JdbcClient.create(dataSource);
    epochs =
        new Epochs(
            redis, mysql, new DataSourceTransactionManager(dataSource), new SimpleMeterRegistry());
    memory = new PartitionMemory(epochs);
    check(memory);
  }

  @AfterEach
  void stop() {
    pipeline.destroy();
    connections.destroy();
  }

  /** The first answer did not arrive, or the gateway that got it has ended. */
  @Test
  void aGatewayRemembersWhatItAnsweredAgain() {
    redis
        .opsForHash()
        .putAll(
            KEYS.chats(APP),
            Map.of(PartitionKeys.NUMBERS, "0", PartitionKeys.ACCESS, PartitionKeys.OPEN));
    assertThat(accept(memory)).isInstanceOf(Acceptance.Accepted.class);
    PartitionMemory another = new PartitionMemory(epochs);
    check(another);
    assertThat(accept(another)).extracting("replayed").isEqualTo(true);

    restartWith(0);
    check(another);

    assertThat(epoch()).isEqualTo("1");
  }

  @Test
  void anAnswerOfAnEarlierRunThatComesLateIsCompared() {
    restartWith(4);
    check(memory);

    memory.remember(KEYS, "earlier", 4);
    assertThat(epoch()).isNull();
    memory.remember(KEYS, "earlier", 6);
    assertThat(epoch()).isEqualTo("1");
  }

  @Test
  @Timeout(20)
  void anAnswerThatComesDuringTheCheckIsCompared() throws Exception {
    restartWith(4);
    try (Connection holder = servers.mysql();
        Statement statement = holder.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      holder.setAutoCommit(false);
      statement.executeQuery(
          "SELECT * FROM partition_positions WHERE partition_number = %d FOR UPDATE"
              .formatted(KEYS.partition()));
      Future<?> check = threads.submit(this::checkPatiently);
      await().until(this::isRowAwaited);

      memory.remember(KEYS, memory.run(KEYS), 6);
      holder.rollback();
      check.get();
    }

    assertThat(epoch()).isEqualTo("1");
  }

  /** A comparison gives up after two seconds, which a slow machine may take to let the row go. */
  private void checkPatiently() {
    while (true) {
      try {
        check(memory);
        return;
      } catch (TransientDataAccessException e) {
        Thread.onSpinWait();
      }
    }
  }

  private boolean isRowAwaited() {
    return mysql
            .sql("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'")
            .query(Long.class)
            .single()
        > 0;
  }

  /** Redis is another process now, and has only so many of the jobs. */
  private void restartWith(long position) {
    redis
        .opsForHash()
        .putAll(
            KEYS.state(),
            Map.of(
                PartitionKeys.RUN,
                "earlier",
                "position",
                Long.toString(position),
                "acknowledged",
                Long.toString(position),
                "jobs",
                "0"));
    mysql
        .sql(
            """
            UPDATE partition_positions SET persisted = :position, seen = :position
            WHERE partition_number = :partition""")
        .param("position", position)
        .param("partition", KEYS.partition())
        .update();
  }

  private static void check(PartitionMemory memory) {
    memory.check(KEYS, memory.checks(KEYS));
  }

  private Acceptance accept(PartitionMemory memory) {
    AcceptScript script =
        new AcceptScript(
            pipeline,
            redis,
            new RedisLayout(redis, PARTITIONS, _ -> {}),
            _ -> QueueLimit.NONE,
            memory,
            new IdempotencyLimits(Duration.ofDays(1), 0));
    return script.accept(new Parent.App(APP), List.of("{\"number\":"), 0, false, KEY);
  }

  private @Nullable Object epoch() {
    return redis.opsForHash().get(KEYS.state(), PartitionKeys.EPOCH);
  }
}

package dev.tally.common.accept;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.accept.replica.UnconfirmedWriteException;
import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageContent;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.redis.RedisRequirements;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.stack.ReplicatedRedis;
import dev.tally.stack.Server;
import dev.tally.testkit.PersistedRows;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** Writes that a replica of Redis must confirm, also while the replica is frozen. */
class ConfirmedWritesIT {

  private static final AppToken APP = new AppToken("0123456789abcdef0123456789abcdef");
  private static final Partitions PARTITIONS = new Partitions(16);
  private static final PartitionKeys KEYS = PARTITIONS.of(APP);
  private static final IdempotencyKey KEY = IdempotencyKey.of("key", List.of("request"));
  private static final Acceptance FIRST = new Acceptance.Accepted(new NumberRange(1, 1), false);
  private static final Acceptance REPLAYED = new Acceptance.Accepted(new NumberRange(1, 1), true);

  @TempDir private static Path folder;
  private static ReplicatedRedis group;
  private static Server replica;
  private static LettuceConnectionFactory connections;
  private static StringRedisTemplate redis;
  private static LettuceConnectionFactory toReplica;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final JobCodec codec = new JobCodec();
  private final List<JobQueue> queues = new ArrayList<>();
  private TestServers servers;
  private QueueLimit limit = QueueLimit.NONE;
  private JobQueue queue;

  @BeforeAll
  static void start() {
    group = ReplicatedRedis.start(folder, 1);
    // They would replace a primary that a busy machine keeps from answering.
    group.watchers().forEach(Server::kill);
    replica = group.servers().getLast();
    connections = connect(group.servers().getFirst());
    redis = new StringRedisTemplate(connections);
    toReplica = connect(replica);
  }

  private static LettuceConnectionFactory connect(Server server) {
    LettuceConnectionFactory connections =
        new LettuceConnectionFactory(
            new RedisStandaloneConfiguration("127.0.0.1", server.port()),
            LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(2)).build());
    connections.afterPropertiesSet();
    connections.start();
    return connections;
  }

  @AfterAll
  static void stop() {
    toReplica.destroy();
    connections.destroy();
    group.close();
  }

  @BeforeEach
  void wipe() {
    servers = TestServers.wiped();
    PersistedRows.in(servers).app(APP.value());
    flush();
    queue = queue();
  }

  /** Empties both servers. */
  private static void flush() {
    try (RedisConnection primary = connections.getConnection();
        RedisConnection other = toReplica.getConnection()) {
      primary.serverCommands().flushAll();
      await().until(other.serverCommands()::dbSize, Long.valueOf(0)::equals);
    }
  }

  /** The queue of a gateway that has just started. */
  private JobQueue queue() {
    RedisLayout layout = new RedisLayout(redis, PARTITIONS, _ -> {});
    DataSource mysql = servers.dataSource();
    PlatformTransactionManager transactions = new DataSourceTransactionManager(mysql);
    JdbcClient jdbc = JdbcClient.create(mysql);
    JobQueue made =
        new JobQueue(
            new RedisRequirements(connections, layout, false, meters),
            connections,
            redis,
            layout,
            new WaitingJobs(redis, layout, codec),
            new Epochs(redis, jdbc, transactions, meters),
            jdbc,
            transactions,
            _ -> limit,
            new WaitProperties(1, Duration.ofMillis(500)),
            new IdempotencyLimits(Duration.ofDays(1), 0),
            meters);
    queues.add(made);
    return made;
  }

  @AfterEach
  void disconnect() {
    replica.thaw();
    minReplicas("0");
    queues.forEach(JobQueue::destroy);
  }

  @Test
  void theReplicaHasAWriteThatWasAnswered() {
    assertThat(chat(queue, null)).isEqualTo(FIRST);

    assertThat(new StringRedisTemplate(toReplica).opsForList().size(KEYS.jobs(APP))).isEqualTo(1);
    assertThat(unconfirmed()).isZero();
  }

  @Test
  void aWriteAndItsRepetitionAreConfirmedOnceTheReplicaHasTheWrite() {
    chat(queue, null);
    replica.freeze();

    assertUnconfirmed(queue);
    // The connection of another gateway has written nothing.
    assertUnconfirmed(queue());

    assertThat(redis.opsForList().size(KEYS.jobs(APP))).isEqualTo(2);
    assertThat(unconfirmed()).isEqualTo(2);
    replica.thaw();
    Acceptance second = new Acceptance.Accepted(new NumberRange(2, 2), /* replayed= */ true);
    await()
        .ignoreExceptionsInstanceOf(UnconfirmedWriteException.class)
        .untilAsserted(() -> assertThat(chat(queue(), KEY)).isEqualTo(second));
    assertThat(redis.opsForList().size(KEYS.jobs(APP))).isEqualTo(2);
  }

  @Test
  void aRepetitionIsAWriteThatChangesNothing() {
    chat(queue, KEY);
    String record = KEYS.records(APP).stream().filter(redis::hasKey).findFirst().orElseThrow();
    Map<Object, Object> content = redis.opsForHash().entries(record);
    redis.expire(record, Duration.ofHours(1));
    long before = expiriesOfReplica();

    assertThat(chat(queue(), KEY)).isEqualTo(REPLAYED);

    assertThat(expiriesOfReplica()).isEqualTo(before + 1);
    assertThat(redis.opsForHash().entries(record)).isEqualTo(content);
    assertThat(redis.getExpire(record)).isBetween(3_000L, 3_600L);
    assertThat(redis.opsForList().size(KEYS.jobs(APP))).isEqualTo(1);

    redis.persist(record);
    assertThat(chat(queue(), KEY)).isEqualTo(REPLAYED);
    assertThat(redis.getExpire(record)).isPositive();
  }

  @Test
  void anAnswerThatQueuesNothingNeedsNoReplica() {
    chat(queue, KEY);
    replica.freeze();

    assertThatThrownBy(() -> message(new ChatName(APP, 9)))
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.CHAT_NOT_FOUND));
    assertThat(chat(queue, IdempotencyKey.of("key", List.of("another request"))))
        .isInstanceOf(Acceptance.KeyReused.class);
    limit = QueueLimit.of(0, 0, 0, 0);
    assertThat(chat(queue, null)).isInstanceOf(Acceptance.QueueFull.class);

    assertThat(unconfirmed()).isZero();
  }

  @Test
  void aRedisWithoutAWriteThatWasNotConfirmedHasLostIt() {
    chat(queue, null);
    replica.freeze();
    assertUnconfirmed(queue);
    replica.thaw();
    flush();

    chat(queue, null);

    assertThat(redis.opsForHash().get(KEYS.state(), "position")).isEqualTo("3");
  }

  @Test
  void aRedisThatKnowsThatReplicasAreAwayQueuesNothing() {
    chat(queue, KEY);
    minReplicas("2");

    for (IdempotencyKey key : List.of(KEY, IdempotencyKey.of("other", List.of()))) {
      assertThatThrownBy(() -> chat(queue, key))
          .isInstanceOf(RedisSystemException.class)
          .rootCause()
          .hasMessageContaining("NOREPLICAS");
    }
    assertThat(redis.opsForList().size(KEYS.jobs(APP))).isEqualTo(1);
  }

  private static void minReplicas(String number) {
    try (RedisConnection connection = connections.getConnection()) {
      connection.serverCommands().setConfig("min-replicas-to-write", number);
    }
  }

  @Test
  void writesOfManyEndWithoutAReplica() throws Exception {
    chat(queue, null);
    replica.freeze();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Acceptance>> writes =
          Stream.generate(() -> clients.submit(() -> chat(queue, null))).limit(1_000).toList();
      for (Future<Acceptance> write : writes) {
        assertThatThrownBy(write::get).hasCauseInstanceOf(DataAccessException.class);
      }
    }
    assertThat(unconfirmed()).isPositive();
  }

  private Acceptance chat(JobQueue by, @Nullable IdempotencyKey key) {
    String job = codec.openChat(APP, ChatContent.NONE, Instant.EPOCH, null);
    return by.accept(new Parent.App(APP), List.of(job), 0, key);
  }

  private void message(ChatName chat) {
    String job = codec.openMessage(chat, MessageContent.of("x"), Instant.EPOCH, null);
    queue.accept(new Parent.Chat(chat), List.of(job), 0, null);
  }

  private void assertUnconfirmed(JobQueue by) {
    assertThatThrownBy(() -> chat(by, KEY))
        .isInstanceOf(UnconfirmedWriteException.class)
        .hasMessage("0 of 1 replicas of Redis have confirmed a write");
  }

  private double unconfirmed() {
    return meters.get("tally.unconfirmed").counter().count();
  }

  /** How often the replica was told to let a key expire; a newer Redis tells it the time. */
  private static long expiriesOfReplica() {
    try (RedisConnection connection = toReplica.getConnection()) {
      Properties calls = requireNonNull(connection.serverCommands().info("commandstats"));
      return Stream.of("cmdstat_pexpire", "cmdstat_pexpireat")
          .map(command -> calls.getProperty(command, "calls=0,"))
          .mapToLong(statistic -> Long.parseLong(statistic.replaceAll("calls=(\\d+),.*", "$1")))
          .sum();
    }
  }
}

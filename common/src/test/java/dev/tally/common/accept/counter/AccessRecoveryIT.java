package dev.tally.common.accept.counter;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.testkit.PersistedRows;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How an app's access state is recovered, and that no deletion slips in between. */
class AccessRecoveryIT {

  private static final AppToken APP = new AppToken("0123456789abcdef0123456789abcdef");
  private static final ChatName CHAT = new ChatName(APP, 1);
  private static final Parent CHATS = new Parent.App(APP);
  private static final Parent MESSAGES = new Parent.Chat(CHAT);
  private static final Partitions PARTITIONS = new Partitions(16);
  private static final PartitionKeys KEYS = PARTITIONS.of(APP);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private RedisLayout layout;
  private PersistedRows rows;
  private DataSourceTransactionManager transactions;

  @BeforeEach
  void connect() {
    TestServers servers = TestServers.wiped();
    rows = PersistedRows.in(servers);
    rows.app(APP.value());
    transactions = new DataSourceTransactionManager(servers.dataSource());
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    layout = new RedisLayout(redis, PARTITIONS, _ -> {});
  }

  @AfterEach
  void disconnect() {
    executor.close();
    connections.destroy();
  }

  private CounterRecovery recovery(StringRedisTemplate over) {
    return new CounterRecovery(
        new WaitingJobs(redis, layout, new JobCodec()),
        mysql(),
        transactions,
        over,
        layout,
        meters);
  }

  private JdbcClient mysql() {
    return JdbcClient.create(requireNonNull(transactions.getDataSource()));
  }

  private int mark() {
    return mysql().sql("UPDATE apps SET deleted_at = UTC_TIMESTAMP(6)").update();
  }

  private Map<Object, Object> held() {
    return redis.opsForHash().entries(KEYS.chats(APP));
  }

  @Test
  void anAppIsOpenedWithItsNumbers() {
    rows.chat(APP.value(), 1);

    recovery(redis).setMissing(CHATS);

    assertThat(held()).isEqualTo(Map.of("numbers", "1", "access", "open"));
  }

  @Test
  void anAppThatAnOlderGatewayHasCountedIsOpenedAndKeepsItsNumbers() {
    redis.opsForHash().put(KEYS.chats(APP), PartitionKeys.NUMBERS, "5");

    recovery(redis).setMissing(CHATS);

    assertThat(held()).isEqualTo(Map.of("numbers", "5", "access", "open"));
    assertThat(meters.get("tally.counters.recovered").counter().count()).isZero();
  }

  @Test
  void aDeletedAppIsGoneAndGetsNoCounter() {
    rows.chat(APP.value(), 1);
    mark();

    for (Parent parent : List.of(CHATS, MESSAGES, new Parent.Unnumbered(APP))) {
      assertDeleted(() -> recovery(redis).setMissing(parent));
      assertDeleted(() -> recovery(redis).setUnusable(parent));
    }
    assertDeleted(() -> recovery(redis).requireOpen(APP));
    assertThat(redis.keys("tally:{*}:*")).isEmpty();
  }

  @Test
  void nobodyOpensAnAppThatWasDeletedInThisEpoch() {
    redis
        .opsForHash()
        .putAll(KEYS.chats(APP), Map.of("numbers", "many", "epoch", "2", "access", "deleted"));
    redis.opsForHash().put(KEYS.state(), PartitionKeys.EPOCH, "2");

    recovery(redis).setUnusable(CHATS);

    assertThat(held()).isEqualTo(Map.of("numbers", "0", "epoch", "2", "access", "deleted"));
  }

  /** A MySQL that was set back does not know of the deletion, and what it knows counts. */
  @Test
  void aStateOfAnOlderEpochIsRecovered() {
    redis
        .opsForHash()
        .putAll(KEYS.chats(APP), Map.of("numbers", "3", "epoch", "1", "access", "deleted"));
    redis.opsForHash().put(KEYS.state(), PartitionKeys.EPOCH, "2");

    recovery(redis).setMissing(CHATS);

    assertThat(held()).isEqualTo(Map.of("numbers", "3", "epoch", "2", "access", "open"));
  }

  @Test
  void onlyAnOpenAppTakesWrites() {
    CounterRecovery recovery = recovery(redis);
    recovery.requireOpen(APP);
    recovery.requireOpen(APP);
    new AppAccess(redis, layout).delete(APP);

    assertDeleted(() -> recovery.requireOpen(APP));
  }

  @Test
  void aDeletionKeepsTheNumbersAndMakesNoCounter() {
    AppAccess access = new AppAccess(redis, layout);
    assertThat(access.delete(APP)).isFalse();
    assertThat(held()).isEmpty();
    redis.opsForHash().putAll(KEYS.chats(APP), Map.of("numbers", "5", "epoch", "1"));

    assertThat(access.delete(APP)).isTrue();
    assertThat(access.delete(APP)).isTrue();

    assertThat(held()).isEqualTo(Map.of("numbers", "5", "epoch", "1", "access", "deleted"));
  }

  @Test
  void aRecoveryWaitsForADeletionUnderWay() throws Exception {
    Future<?> recovering =
        requireNonNull(
            new TransactionTemplate(transactions)
                .execute(
                    _ -> {
                      mark();
                      Future<?> waiting = executor.submit(() -> recovery(redis).setMissing(CHATS));
                      assertThatThrownBy(() -> waiting.get(500, TimeUnit.MILLISECONDS))
                          .isInstanceOf(TimeoutException.class);
                      return waiting;
                    }));

    assertThatThrownBy(recovering::get).hasCauseInstanceOf(ProblemException.class);
    assertThat(held()).isEmpty();
  }

  /** The deletion could mark the app in Redis before it is opened there. */
  @Test
  void aDeletionWaitsForARecoveryUnderWay() throws Exception {
    Deleting deleting = new Deleting(connections);

    recovery(deleting).setMissing(CHATS);

    assertThat(requireNonNull(deleting.deletion).get()).isEqualTo(1);
    assertThat(held()).containsEntry("access", "open");
  }

  /** Somebody deletes the app right before the script that opens it. */
  private final class Deleting extends StringRedisTemplate {

    private @Nullable Future<Integer> deletion;

    Deleting(LettuceConnectionFactory connections) {
      super(connections);
    }

    @Override
    public <T extends @Nullable Object> T execute(
        RedisScript<T> script, List<String> keys, Object... arguments) {
      Future<Integer> waiting = executor.submit(AccessRecoveryIT.this::mark);
      deletion = waiting;
      assertThatThrownBy(() -> waiting.get(500, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      return super.execute(script, keys, arguments);
    }
  }

  private static void assertDeleted(Runnable attempt) {
    assertThatThrownBy(attempt::run)
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.type()).isEqualTo(ProblemType.APP_DELETED));
  }
}

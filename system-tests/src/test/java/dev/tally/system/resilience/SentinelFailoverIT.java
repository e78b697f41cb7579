package dev.tally.system.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.ReplicatedRedis;
import dev.tally.stack.Server;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes go on at the server that the Sentinels promote, whatever became of the one before. */
class SentinelFailoverIT {

  private static final int APPS = 12;
  private static final int MESSAGES = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String LOSSES = "tally_epochs_raised_total";

  @TempDir private static Path folder;

  private static ReplicatedRedis redis;
  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    redis = ReplicatedRedis.start(folder, 2);
    running =
        RunningTally.shared()
            .apart(
                "redis_sentinel",
                "--TALLY_REDIS_SENTINEL_NODES=" + redis.sentinels(),
                "--TALLY_REDIS_SENTINEL_MASTER=" + redis.master());
    tally = TallyClient.of(running);
  }

  @AfterAll
  static void stop() {
    running.close();
    redis.close();
  }

  @BeforeEach
  void everythingRuns() {
    redis.servers().forEach(Server::start);
    redis.awaitReplicas();
  }

  @Test
  void aKilledPrimaryLosesNothingThatItsReplicasHave() throws Exception {
    PatientClients clients = PatientClients.of(tally, APPS);
    clients.say(MESSAGES);
    double losses = losses();
    redis.awaitReplicas();

    Server killed = redis.primary();
    killed.kill();
    clients.say(MESSAGES);

    assertThat(redis.primary()).isNotSameAs(killed);
    clients.assertAllInOrder();
    assertThat(losses()).isEqualTo(losses);
    assertNothingIsWrong();
  }

  /** What the replicas do not have is lost if no worker has persisted it. */
  @Test
  void whatAKilledPrimaryLosesIsNamedAndHarmsNoLaterWrite() throws Exception {
    PatientClients clients = PatientClients.of(tally, APPS);
    clients.say(MESSAGES);
    // The worker that is started again counts from 0.
    double losses = sum(running.gateway(), LOSSES);
    running.stopWorker();
    Server killed = redis.primary();
    for (Server replica : redis.replicas()) {
      // Nobody listens there. The Sentinels correct that after some ten seconds.
      tell(replica, commands -> commands.replicaof("127.0.0.1", 1));
    }
    clients.sayWhile(
        MESSAGES,
        () -> {
          awaitAccepted(clients, APPS * MESSAGES + 2 * APPS);
          killed.kill();
          await().atMost(PATIENCE).until(() -> redis.primary() != killed);
          running.startWorker();
        });
    // Until the new primary has a replica in sync, a second failover loses writes, too.
    redis.awaitReplicas();
    long settled = System.nanoTime();
    clients.say(MESSAGES);

    int lost = 0;
    for (String app : clients.apps()) {
      List<PatientClients.Accepted> accepted =
          clients.accepted().stream().filter(one -> one.app().equals(app)).toList();
      List<String> bodies = clients.bodies(app, accepted.getLast().number());
      for (PatientClients.Accepted one : accepted) {
        boolean isThere =
            one.number() <= bodies.size()
                && bodies.get(Math.toIntExact(one.number()) - 1).equals(one.body());
        assertThat(isThere || one.begin() - settled < 0).as(one.toString()).isTrue();
        lost += isThere ? 0 : 1;
      }
    }
    assertThat(lost).isPositive();
    assertThat(losses()).isGreaterThan(losses);
    // Flyway warns of a MySQL that is newer than itself.
    assertThat(running.command("dead-letters", "list").output().lines())
        .filteredOn(line -> !line.contains(" WARN "))
        .allMatch(line -> line.endsWith("  superseded") || line.equals("no dead letters"));
    assertNothingIsWrong();
  }

  private static void awaitAccepted(PatientClients clients, int count) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> clients.accepted().size() >= count);
  }

  @Test
  void writesAndStreamsLeaveAFrozenPrimary() throws Exception {
    PatientClients clients = PatientClients.of(tally, APPS);
    String app = clients.apps().getFirst();
    clients.say(MESSAGES);
    clients.assertAllInOrder();
    double losses = losses();
    double failovers = failovers();
    redis.awaitReplicas();

    Server frozen = redis.primary();
    frozen.freeze();
    try (EventStream stream = EventStream.open(tally.chatUrl(app, 1) + "/messages/stream")) {
      clients.say(MESSAGES);

      stream.awaitEvents(MESSAGES);
      clients.assertAllInOrder();
      awaitHint(app);
    } finally {
      frozen.thaw();
    }

    assertThat(failovers() - failovers).as("of three services").isEqualTo(3);
    redis.awaitReplicas();
    assertThat(redis.replicas()).contains(frozen);
    long last = Http.get(tally.chatUrl(app, 1)).is(200).number("messages_count");
    assertThat(tally.say(app, 1, "after the thaw")).isGreaterThan(last);
    assertThat(losses()).isEqualTo(losses);
    assertNothingIsWrong();
  }

  @Test
  void aWriteWaitsForReplicasThatRedisMisses() throws Exception {
    String app = tally.newApp();
    tally.newChat(app);
    // A worker's scripts would be refused, too.
    running.stopWorker();
    try (RedisClient client = RedisClient.create(redis.primary().url());
        StatefulRedisConnection<String, String> connection = client.connect();
        ExecutorService writer = Executors.newVirtualThreadPerTaskExecutor()) {
      RedisCommands<String, String> primary = connection.sync();
      String errors = errors(primary);
      primary.configSet("min-replicas-to-write", "3");
      Future<Long> number = writer.submit(() -> tally.say(app, 1, "patient"));
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> number.isDone() || !errors(primary).equals(errors));
      primary.configSet("min-replicas-to-write", "0");

      assertThat(number.get()).isEqualTo(1);
    } finally {
      running.startWorker();
    }
    assertThat(tally.say(app, 1, "next")).isEqualTo(2);
  }

  private static String errors(RedisCommands<String, String> server) {
    return server
        .info("stats")
        .lines()
        .filter(line -> line.startsWith("total_error_replies:"))
        .findFirst()
        .orElseThrow();
  }

  private static void tell(Server server, Consumer<RedisCommands<String, String>> commands) {
    try (RedisClient client = RedisClient.create(server.url());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      commands.accept(connection.sync());
    }
  }

  /** A hint that is published before the API has subscribed again is lost. */
  private static void awaitHint(String app) {
    double before = sum(running.api(), "tally_hints_messages_total");
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              tally.say(app, 1, "heard?");
              return sum(running.api(), "tally_hints_messages_total") > before;
            });
  }

  private static void assertNothingIsWrong() throws Exception {
    RunningTally.CommandResult verified = running.command("verify", "--no-search");
    assertThat(verified.output()).contains("all is right");
  }

  private static double losses() {
    return sum(running.gateway(), LOSSES) + sum(running.worker(), LOSSES);
  }

  private static double failovers() {
    String metric = "tally_redis_failovers_total";
    return sum(running.gateway(), metric)
        + sum(running.worker(), metric)
        + sum(running.api(), metric);
  }

  private static double sum(String service, String metric) {
    return Http.get(service + "/actuator/prometheus")
        .is(200)
        .body()
        .lines()
        .filter(line -> line.startsWith(metric + "{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}

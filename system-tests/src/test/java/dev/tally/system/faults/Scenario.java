package dev.tally.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.partition.PartitionKeys;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.check.Checker;
import dev.tally.system.faults.check.Losses;
import dev.tally.system.faults.check.Violation;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.servers.StateReader;
import dev.tally.system.faults.workload.Client;
import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * One sequence of faults on a deployment, with apps and a history of its own. All scenarios of a
 * JVM share the deployment, two of each service, which is healed before each scenario.
 */
final class Scenario {

  /** The queue limit of a partition, small so that clients reach it in a moment. */
  static final int QUEUE_LIMIT = 3_000;

  private static final int PARTITIONS = 16;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static @Nullable Deployment shared;

  private final Deployment deployment;
  private final Client.Surroundings surroundings;
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicInteger bodies = new AtomicInteger();

  private Scenario(Deployment deployment) {
    this.deployment = deployment;
    this.surroundings = Client.Surroundings.of(deployment);
  }

  static synchronized Scenario begin() {
    Deployment running = shared;
    if (running == null) {
      running =
          Deployment.start(
              Deployment.Options.of(2, 2, 2)
                  .with("TALLY_QUEUE_LIMIT", Integer.toString(QUEUE_LIMIT)));
      Runtime.getRuntime().addShutdownHook(new Thread(running::close));
      shared = running;
    }
    running.heal();
    return new Scenario(running);
  }

  /** Keeps the logs of a failed scenario, and prints where they are. */
  static final class KeepLogs implements TestWatcher {
    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
      Deployment running = shared;
      if (running != null) {
        System.err.println("logs are kept in " + running.keepLogs());
      }
    }
  }

  Deployment deployment() {
    return deployment;
  }

  History history() {
    return surroundings.history();
  }

  Client newClient() {
    return new Client(clients.incrementAndGet(), surroundings);
  }

  /** A body that is unique in the scenario. */
  String newBody() {
    return "message " + bodies.incrementAndGet();
  }

  /** Creates an app with this many chats, all of them persisted. */
  List<Parent.Chat> newChats(int count) {
    Client client = newClient();
    String app =
        switch (client.ask(new Request.NewApp("Acme"))) {
          case Outcome.CreatedApp(String token) -> token;
          case Outcome other -> throw new AssertionError("no app was created: " + other);
        };
    List<Parent.Chat> chats = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      assertThat(client.ask(new Request.NewChat(app, null))).isEqualTo(new Outcome.Accepted(i, i));
      chats.add(new Parent.Chat(app, i));
    }
    await()
        .atMost(PATIENCE)
        .until(() -> client.ask(new Request.ReadChat(app, count)) instanceof Outcome.ChatSeen);
    return chats;
  }

  /** Clients that continue until they are closed. */
  final class Load implements AutoCloseable {

    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    private Load(int clients, Duration pace, Function<Client, IntConsumer> work) {
      for (int i = 0; i < clients; i++) {
        IntConsumer step = work.apply(newClient());
        threads.add(Thread.ofVirtual().name("load-" + i).start(() -> run(pace, step)));
      }
    }

    private void run(Duration pace, IntConsumer step) {
      try {
        for (int turn = 0; !stopping.await(pace.toMillis(), TimeUnit.MILLISECONDS); turn++) {
          step.accept(turn);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      stopping.countDown();
      for (Thread thread : threads) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /**
   * Starts clients.
   *
   * @param pace the pause of each client between two steps
   * @param work creates a client's work, which runs step by step
   */
  Load load(int clients, Duration pace, Function<Client, IntConsumer> work) {
    return new Load(clients, pace, work);
  }

  /** Accepted writes whose requests began after this moment. */
  List<History.Entry> acceptedSince(long nanos) {
    return history().entries().stream()
        .filter(entry -> entry.outcome() instanceof Outcome.Accepted && entry.startNanos() > nanos)
        .toList();
  }

  /** Waits until every accepted write is persisted and every persisted message is indexed. */
  void awaitDrained() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> queued() == 0 && outbox() == 0);
  }

  /** The number of jobs that are accepted and not acknowledged. */
  long queued() {
    return inRedis(
        redis -> {
          long count = 0;
          for (int i = 0; i < PARTITIONS; i++) {
            PartitionKeys keys = new PartitionKeys(i);
            count += waiting(redis, keys) + redis.llen(keys.claimed());
          }
          return count;
        });
  }

  private static long waiting(RedisCommands<String, String> redis, PartitionKeys keys) {
    String jobs = redis.hget(keys.state(), PartitionKeys.JOBS);
    return jobs == null ? 0 : Long.parseLong(jobs);
  }

  /** Queries Redis directly. */
  <T> T inRedis(Function<RedisCommands<String, String>, T> question) {
    try (RedisClient client = RedisClient.create(deployment.server(ServerKind.REDIS).url());
        StatefulRedisConnection<String, String> connection = client.connect()) {
      return question.apply(connection.sync());
    }
  }

  /** The number of messages in the search outbox. */
  long outbox() {
    return inMySql("SELECT COALESCE(SUM(last_number - first_number + 1), 0) FROM search_outbox");
  }

  /** The highest number of a persisted message in a chat. */
  long highest(Parent.Chat chat) {
    return inMySql(
        """
        SELECT COALESCE(MAX(m.number), 0) FROM messages m
        JOIN apps a ON a.id = m.app_id
        WHERE a.token = '%s' AND m.chat_number = %d\
        """
            .formatted(chat.app(), chat.number()));
  }

  /** Queries MySQL directly for a number. */
  private long inMySql(String sql) {
    try (Connection connection =
            DriverManager.getConnection(deployment.server(ServerKind.MARIADB).url(), "root", "");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads this scenario's apps from the servers. */
  State state() {
    Set<String> apps =
        history().entries().stream()
            .map(History.Entry::outcome)
            .filter(Outcome.CreatedApp.class::isInstance)
            .map(outcome -> ((Outcome.CreatedApp) outcome).token())
            .collect(Collectors.toCollection(HashSet::new));
    State all = new StateReader(deployment).read();
    return new State(
        only(all.apps(), apps::contains),
        only(all.chats(), chat -> apps.contains(chat.app())),
        all.voidChats().stream()
            .filter(chat -> apps.contains(chat.app()))
            .collect(Collectors.toSet()),
        only(all.messages(), chat -> apps.contains(chat.app())),
        only(all.changes(), chat -> apps.contains(chat.app())),
        only(all.changeCounts(), chat -> apps.contains(chat.app())),
        only(all.indexed(), chat -> apps.contains(chat.app())),
        only(all.counters(), parent -> apps.contains(parent.app())),
        all.deadLetters().stream()
            .filter(dead -> dead.parent() == null || apps.contains(dead.parent().app()))
            .toList());
  }

  private static <K, V> Map<K, V> only(Map<K, V> all, Function<K, Boolean> wanted) {
    Map<K, V> chosen = new HashMap<>(all);
    chosen.keySet().removeIf(key -> !wanted.apply(key));
    return chosen;
  }

  /**
   * Waits until everything is drained, and fails if the servers contradict the clients or a client
   * got an unexpected answer.
   */
  void assertPromisesKept() {
    awaitDrained();
    assertThat(Checker.check(history(), state(), Losses.NONE))
        .extracting(Violation::sentence)
        .isEmpty();
    assertThat(surroundings.surprises()).isEmpty();
  }
}

package dev.tally.common.accept;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.accept.counter.AppAccess;
import dev.tally.common.accept.counter.Parent;
import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.JobCodec;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.HashOperations;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/**
 * Runs random writes and compares with a model in memory: after each step, every key in Redis, and
 * the script's answer, must be the model's.
 */
class AcceptScriptModelIT {

  private static final int QUEUE_LIMIT = 12;

  /** Some ten jobs. */
  private static final int QUEUE_BYTES = 1_400;

  /** No slice of time ends before the year 2052. */
  private static final IdempotencyLimits IDEMPOTENCY =
      new IdempotencyLimits(Duration.ofDays(20_000), /* recordsPerApp= */ 2);

  private static final int UNSHARDED = 1;

  /** What changes must have been answered. */
  private static final String OF_CHANGES =
      "Accepted UnknownParent CounterUnusable NoSuchMessage KeyReused QueueFull";

  /** The same of deletions. */
  private static final String OF_DELETIONS = "Accepted ChatDeleted UnknownParent";

  private static final Partitions PARTITIONS = new Partitions(2);

  /** Two apps that share a partition, and one that is alone in another. */
  private static final List<AppToken> APPS = List.of(token(0, 0), token(0, 1), token(1, 0));

  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");

  @SuppressWarnings("rawtypes")
  private static final RedisScript<List> RECOVER =
      RedisScript.of(new ClassPathResource("lua/recover.lua"), List.class);

  private static TestServers servers;
  private static LettuceConnectionFactory connections;
  private static StringRedisTemplate redis;
  private static Pipeline pipeline;

  private final JobCodec codec = new JobCodec();

  @BeforeContainer
  static void connect() {
    servers = TestServers.wiped();
    servers.migrate();
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    pipeline = new Pipeline(connections, new WaitProperties(0, Duration.ofSeconds(1)));
  }

  @AfterContainer
  static void disconnect() {
    pipeline.destroy();
    connections.destroy();
  }

  private static AppToken token(int partition, int which) {
    return IntStream.iterate(1, i -> i + 1)
        .mapToObj(i -> new AppToken("%032x".formatted(i)))
        .filter(token -> PARTITIONS.of(token).partition() == partition)
        .skip(which)
        .findFirst()
        .orElseThrow();
  }

  @Property(tries = 500)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void redisHoldsWhatTheModelHolds(@ForAll("steps") List<Step> steps) {
    try (RedisConnection connection = connections.getConnection()) {
      connection.serverCommands().flushDb();
    }
    RedisLayout layout = new RedisLayout(redis, PARTITIONS, _ -> {});
    layout.partitions();
    QueueLimit limit = QueueLimit.of(QUEUE_LIMIT, QUEUE_BYTES, 0, 0);
    DataSource mysql = servers.dataSource();
    JdbcClient jdbc = JdbcClient.create(mysql);
    jdbc.sql("DELETE FROM partition_positions").update();
    Epochs epochs =
        new Epochs(redis, jdbc, new DataSourceTransactionManager(mysql), new SimpleMeterRegistry());
    PartitionMemory partitions = new PartitionMemory(epochs);
    String run = run();
    AcceptScript script =
        new AcceptScript(pipeline, redis, layout, _ -> limit, partitions, IDEMPOTENCY, UNSHARDED);
    AcceptModel model =
        new AcceptModel(
            PARTITIONS,
            QUEUE_LIMIT,
            QUEUE_BYTES,
            new RecordsModel(UNSHARDED, Math.toIntExact(IDEMPOTENCY.recordsPerApp())));
    Instant time = NOW;
    for (Step step : steps) {
      switch (step) {
        case Step.Write write -> {
          for (int i = 0; i < (write.again() ? 2 : 1); i++) {
            time = time.plusNanos(1_000);
            Parent parent = write.parent(APPS.get(write.app()));
            IdempotencyKey key = write.idempotencyKey();
            List<String> jobs = write.jobs(APPS.get(write.app()), codec, time);
            long mentioned = write.chat() == 0 ? 0 : write.mentioned();
            String known = partitions.run(PARTITIONS.of(parent.app()));
            int checks = partitions.checks(PARTITIONS.of(parent.app()));
            Acceptance acceptance = withoutTime(script.accept(parent, jobs, mentioned, false, key));
            assertThat(acceptance)
                .isEqualTo(model.accept(parent, jobs, mentioned, false, key, run, known, checks));
            Statistics.collect(acceptance.getClass().getSimpleName());
            if (parent instanceof Parent.Changes) {
              Statistics.label("changes").collect(acceptance.getClass().getSimpleName());
            }
          }
        }
        case Step.DeleteChat delete -> {
          time = time.plusNanos(1_000);
          AppToken app = APPS.get(delete.app());
          Parent parent = delete.parent(app);
          IdempotencyKey key = delete.idempotencyKey();
          List<String> jobs = delete.jobs(app, codec, time);
          String known = partitions.run(PARTITIONS.of(app));
          int checks = partitions.checks(PARTITIONS.of(app));
          Acceptance acceptance = withoutTime(script.accept(parent, jobs, 0, true, key));
          assertThat(acceptance)
              .isEqualTo(model.accept(parent, jobs, 0, true, key, run, known, checks));
          Statistics.label("deletions").collect(acceptance.getClass().getSimpleName());
        }
        case Step.Recover(int app, long chat, long highest, String highestChange) -> {
          String change = chat == 0 ? "" : highestChange;
          Parent parent = parent(app, chat);
          String state = PARTITIONS.of(parent.app()).state();
          Object epoch = redis.opsForHash().get(state, PartitionKeys.EPOCH);
          redis.execute(
              RECOVER,
              List.of(model.counter(parent), state),
              Long.toString(highest),
              epoch == null ? "0" : epoch,
              change,
              chat == 0 ? PartitionKeys.OPEN : "");
          model.recover(parent, highest, change);
        }
        case Step.Spoil(int app, long chat, String text, boolean asHash) -> {
          Parent parent = parent(app, chat);
          redis.delete(model.counter(parent));
          Map<String, String> fields =
              chat == 0
                  ? Map.of(PartitionKeys.NUMBERS, text, PartitionKeys.ACCESS, PartitionKeys.OPEN)
                  : Map.of(PartitionKeys.NUMBERS, text);
          if (asHash) {
            redis.opsForHash().putAll(model.counter(parent), fields);
          } else {
            redis.opsForValue().set(model.counter(parent), text);
          }
          model.counters().spoil(parent, asHash ? fields : text);
        }
        case Step.DeleteApp(int app) -> {
          new AppAccess(redis, layout).delete(APPS.get(app));
          model.counters().delete(APPS.get(app));
        }
        case Step.SpoilAccess(int app, String text) -> {
          String counter = model.counter(new Parent.App(APPS.get(app)));
          if (model.counters().has(new Parent.App(APPS.get(app)))) {
            if (text == null) {
              redis.opsForHash().delete(counter, PartitionKeys.ACCESS);
            } else {
              redis.opsForHash().put(counter, PartitionKeys.ACCESS, text);
            }
          }
          model.counters().spoilAccess(APPS.get(app), text);
        }
        case Step.Lose(int app, long chat) -> {
          redis.delete(model.counter(parent(app, chat)));
          model.counters().lose(parent(app, chat));
        }
        case Step.SpoilChanges(int app, long chat, String text) -> {
          Parent parent = parent(app, chat);
          if (model.counters().has(parent) && text == null) {
            redis.opsForHash().delete(model.counter(parent), PartitionKeys.CHANGES);
          } else if (model.counters().has(parent)) {
            redis.opsForHash().put(model.counter(parent), PartitionKeys.CHANGES, text);
          }
          model.counters().spoilChanges(parent, text);
        }
        case Step.Restart _ -> {
          for (int i = 0; i < PARTITIONS.count(); i++) {
            String state = new PartitionKeys(i).state();
            if (redis.opsForHash().hasKey(state, "run")) {
              redis.opsForHash().put(state, "run", "earlier");
            }
          }
          model.restart("earlier");
        }
        case Step.Check(int app) -> {
          PartitionKeys keys = PARTITIONS.of(APPS.get(app));
          if (!model.isChecked(keys.partition(), run) || !partitions.run(keys).equals(run)) {
            partitions.check(keys, partitions.checks(keys));
            model.check(keys.partition(), run);
          }
        }
        case Step.Raise(int app) -> {
          PartitionKeys keys = PARTITIONS.of(APPS.get(app));
          redis.opsForHash().increment(keys.state(), PartitionKeys.EPOCH, 1);
          jdbc.sql(
                  """
                  INSERT INTO partition_positions (partition_number, epoch) VALUES (?, 1)
                  ON DUPLICATE KEY UPDATE epoch = epoch + 1""")
              .param(keys.partition())
              .update();
          model.raise(keys.partition());
        }
        case Step.Claim(int app) -> {
          claim(APPS.get(app));
          model.claim(APPS.get(app));
        }
        case Step.Pass(int app) -> {
          pass(APPS.get(app));
          model.pass(APPS.get(app));
        }
      }
      assertThat(new HeldInRedis(redis, IDEMPOTENCY).all())
          .as("after %s", step)
          .isEqualTo(model.held(APPS, slice()));
    }
    Statistics.coverage(
        coverage -> {
          for (Class<?> acceptance : Acceptance.class.getPermittedSubclasses()) {
            coverage.check(acceptance.getSimpleName()).count(count -> count > 0);
          }
        });
    Statistics.label("deletions")
        .coverage(
            coverage -> {
              for (String acceptance : OF_DELETIONS.split(" ", -1)) {
                coverage.check(acceptance).count(count -> count > 0);
              }
            });
    Statistics.label("changes")
        .coverage(
            coverage -> {
              for (String acceptance : OF_CHANGES.split(" ", -1)) {
                coverage.check(acceptance).count(count -> count > 0);
              }
            });
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Step.sequences(APPS.size(), QUEUE_LIMIT);
  }

  /** Takes all jobs of an app, as claim.lua does. */
  private static void claim(AppToken app) {
    PartitionKeys keys = PARTITIONS.of(app);
    HashOperations<String, String, String> hashes = redis.opsForHash();
    List<String> jobs = redis.opsForList().range(keys.jobs(app), 0, -1);
    if (!jobs.isEmpty()) {
      redis.delete(keys.jobs(app));
      redis.opsForList().remove(keys.ring(), 1, app.value());
      int bytes = jobs.stream().mapToInt(job -> job.getBytes(StandardCharsets.UTF_8).length).sum();
      hashes.increment(keys.state(), PartitionKeys.JOBS, -jobs.size());
      hashes.increment(keys.state(), PartitionKeys.BYTES, -bytes);
    }
  }

  private static Acceptance withoutTime(Acceptance acceptance) {
    if (acceptance instanceof Acceptance.TooManyKeys(Duration retryAfter)) {
      assertThat(retryAfter).isPositive();
      return new Acceptance.TooManyKeys(Duration.ZERO);
    }
    return acceptance;
  }

  /** The index of the present slice of time. */
  private static int slice() {
    return Math.toIntExact(System.currentTimeMillis() / IDEMPOTENCY.slice().toMillis() % 3);
  }

  /** Makes the records of an app those of an earlier slice. */
  private static void pass(AppToken app) {
    List<String> hashes = PARTITIONS.of(app).records(app);
    for (int age = 2; age >= 0; age--) {
      String from = hashes.get(Math.floorMod(slice() - age, 3));
      String to = hashes.get(Math.floorMod(slice() - age - 1, 3));
      for (String key : redis.keys(from + "*")) {
        if (age == 2) {
          redis.delete(key);
        } else {
          redis.rename(key, to + key.substring(from.length()));
        }
      }
    }
  }

  /** The run of this Redis. */
  private static String run() {
    try (RedisConnection connection = connections.getConnection()) {
      return requireNonNull(connection.serverCommands().info("server")).getProperty("run_id");
    }
  }

  private static Parent parent(int app, long chat) {
    return Step.parent(APPS.get(app), chat);
  }
}

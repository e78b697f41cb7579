package dev.tally.gateway.accept;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.JobCodec;
import dev.tally.gateway.idempotency.IdempotencyKey;
import dev.tally.testkit.TestServers;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Runs random writes and compares with a model in memory: after each step, every key in Redis, and
 * the script's answer, must be the model's.
 */
class AcceptScriptModelIT {

  private static final int QUEUE_LIMIT = 12;
  private static final Partitions PARTITIONS = new Partitions(2);

  /** Two apps that share a partition, and one that is alone in another. */
  private static final List<AppToken> APPS = List.of(token(0, 0), token(0, 1), token(1, 0));

  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");

  private static LettuceConnectionFactory connections;
  private static StringRedisTemplate redis;
  private static Pipeline pipeline;

  private final JobCodec codec = new JobCodec();

  @BeforeContainer
  static void connect() {
    URI uri = URI.create(TestServers.wiped().redisUrl());
    connections = new LettuceConnectionFactory(uri.getHost(), uri.getPort());
    connections.afterPropertiesSet();
    connections.start();
    redis = new StringRedisTemplate(connections);
    pipeline = new Pipeline(connections);
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

  /** An event that changes the data in Redis. */
  sealed interface Step {}

  /**
   * A request.
   *
   * @param chat the chat that is written to, 0 to make one
   * @param again whether the client saw no answer and sends it once more
   */
  record Write(int app, long chat, List<String> bodies, @Nullable String key, boolean again)
      implements Step {}

  /** A gateway recovers a counter to this highest number. */
  record Recover(int app, long chat, long highest) implements Step {}

  /** Redis loses a counter. */
  record Lose(int app, long chat) implements Step {}

  /** A worker claims jobs. */
  record Claim(int app, int jobs) implements Step {}

  /** An idempotency key expires. */
  record Expire(int app, String key) implements Step {}

  @Property
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void redisHoldsWhatTheModelHolds(@ForAll("steps") List<Step> steps) {
    try (RedisConnection connection = connections.getConnection()) {
      connection.serverCommands().flushDb();
    }
    RedisLayout layout = new RedisLayout(redis, PARTITIONS);
    layout.partitions();
    AcceptScript script = new AcceptScript(pipeline, layout, new AcceptProperties(QUEUE_LIMIT));
    Model model = new Model();
    Instant time = NOW;
    for (Step step : steps) {
      switch (step) {
        case Write write -> {
          for (int i = 0; i < (write.again() ? 2 : 1); i++) {
            time = time.plusNanos(1_000);
            Parent parent = parent(write.app(), write.chat());
            IdempotencyKey key = key(write);
            List<String> jobs = jobs(write, time);
            Acceptance acceptance = script.accept(parent, jobs, key);
            assertThat(acceptance).isEqualTo(model.accept(parent, jobs, key));
            Statistics.collect(acceptance.getClass().getSimpleName());
          }
        }
        case Recover(int app, long chat, long highest) -> {
          Parent parent = parent(app, chat);
          redis.opsForValue().setIfAbsent(counter(parent), Long.toString(highest));
          model.counters.putIfAbsent(parent, highest);
        }
        case Lose(int app, long chat) -> {
          redis.delete(counter(parent(app, chat)));
          model.counters.remove(parent(app, chat));
        }
        case Claim(int app, int jobs) -> {
          redis.opsForList().trim(keys(APPS.get(app)).jobs(), jobs, -1);
          List<String> queue = model.queue(APPS.get(app));
          queue.subList(0, Math.min(jobs, queue.size())).clear();
        }
        case Expire(int app, String key) -> {
          String record = keys(APPS.get(app)).idempotency(APPS.get(app), key);
          redis.delete(record);
          model.records.remove(record);
        }
      }
      assertThat(held()).as("after %s", step).isEqualTo(model.held());
    }
    Statistics.coverage(
        coverage -> {
          for (Class<?> acceptance : Acceptance.class.getPermittedSubclasses()) {
            coverage.check(acceptance.getSimpleName()).count(count -> count > 0);
          }
        });
  }

  private List<String> jobs(Write write, Instant time) {
    AppToken app = APPS.get(write.app());
    return write.chat() == 0
        ? List.of(codec.openChat(app, time, null))
        : write.bodies().stream()
            .map(body -> codec.openMessage(new ChatName(app, write.chat()), body, time, null))
            .toList();
  }

  private static @Nullable IdempotencyKey key(Write write) {
    List<String> request = new ArrayList<>();
    request.add("to " + write.chat());
    if (write.chat() != 0) {
      request.addAll(write.bodies());
    }
    return IdempotencyKey.of(write.key(), request);
  }

  private static Parent parent(int app, long chat) {
    return chat == 0
        ? new Parent.App(APPS.get(app))
        : new Parent.Chat(new ChatName(APPS.get(app), chat));
  }

  private static PartitionKeys keys(AppToken app) {
    return PARTITIONS.of(app);
  }

  private static String counter(Parent parent) {
    return switch (parent) {
      case Parent.App(AppToken app) -> keys(app).chats(app);
      case Parent.Chat(ChatName chat) -> keys(chat.app()).messages(chat);
    };
  }

  /** The content of each key in Redis, marked if the key has an expiry. */
  private static Map<String, Object> held() {
    Map<String, Object> held = new HashMap<>();
    for (String key : redis.keys("*")) {
      Object value =
          redis.type(key) == DataType.LIST
              ? redis.opsForList().range(key, 0, -1)
              : redis.opsForValue().get(key);
      Long life = redis.getExpire(key);
      if (life != null && life >= 0) {
        assertThat(Duration.ofSeconds(life))
            .isBetween(IdempotencyKey.LIFE.minusMinutes(5), IdempotencyKey.LIFE);
        value = "for a time: " + value;
      }
      held.put(key, value == null ? "gone" : value);
    }
    return held;
  }

  /** Does in memory what the script must do in Redis. */
  private static final class Model {

    private record Request(String fingerprint, Numbers numbers) {}

    private final Map<Parent, Long> counters = new HashMap<>();
    private final Map<String, List<String>> queues = new HashMap<>();
    private final Map<String, Request> records = new HashMap<>();

    Acceptance accept(Parent parent, List<String> jobs, @Nullable IdempotencyKey key) {
      String record = key == null ? "" : keys(parent.app()).idempotency(parent.app(), key.value());
      Request earlier = records.get(record);
      if (key != null && earlier != null) {
        return earlier.fingerprint().equals(key.fingerprint())
            ? new Acceptance.Accepted(earlier.numbers(), true)
            : new Acceptance.KeyReused();
      }
      Long highest = counters.get(parent);
      if (highest == null) {
        return new Acceptance.UnknownParent();
      }
      if (queue(parent.app()).size() + jobs.size() > QUEUE_LIMIT) {
        return new Acceptance.QueueFull();
      }
      for (int i = 0; i < jobs.size(); i++) {
        long number = highest + 1 + i;
        queue(parent.app()).add(jobs.get(i) + number + "}");
        if (parent instanceof Parent.App(AppToken app)) {
          counters.put(new Parent.Chat(new ChatName(app, number)), 0L);
        }
      }
      counters.put(parent, highest + jobs.size());
      Numbers numbers = new Numbers(highest + 1, highest + jobs.size());
      if (key != null) {
        records.put(record, new Request(key.fingerprint(), numbers));
      }
      return new Acceptance.Accepted(numbers, false);
    }

    List<String> queue(AppToken app) {
      return queues.computeIfAbsent(keys(app).jobs(), _ -> new ArrayList<>());
    }

    Map<String, Object> held() {
      Map<String, Object> held = new HashMap<>();
      held.put(PartitionKeys.LAYOUT, "2");
      held.put(PartitionKeys.PARTITION_COUNT, Integer.toString(PARTITIONS.count()));
      counters.forEach((parent, highest) -> held.put(counter(parent), highest.toString()));
      queues.forEach(
          (key, jobs) -> {
            if (!jobs.isEmpty()) {
              held.put(key, jobs);
            }
          });
      records.forEach(
          (key, request) ->
              held.put(
                  key,
                  "for a time: %s %d %d"
                      .formatted(
                          request.fingerprint(),
                          request.numbers().first(),
                          request.numbers().last())));
      return held;
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> apps = Arbitraries.integers().between(0, APPS.size() - 1);
    // Chats that a sequence can create, and the highest numbers that a path can name.
    Arbitrary<Long> chats =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.longs().between(1, 3)),
            Tuple.of(1, Arbitraries.longs().between(999_999_999_999_990L, 999_999_999_999_999L)));
    Arbitrary<Long> parents =
        Arbitraries.frequencyOf(Tuple.of(2, chats), Tuple.of(1, Arbitraries.just(0L)));
    Arbitrary<Long> highest =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.just(0L)),
            Tuple.of(1, Arbitraries.longs().between(999_999_999_999_900L, 999_999_999_999_980L)));
    Arbitrary<List<String>> bodies =
        Arbitraries.of("hi", "", "}", "🎉\"\\", "%.0f", "%d")
            .list()
            .ofMinSize(1)
            .ofMaxSize(QUEUE_LIMIT + 1);
    Arbitrary<String> keys = Arbitraries.of("k", ":messages", "1:messages", "%s*{07}");
    Arbitrary<Step> writes =
        Combinators.combine(
                apps, parents, bodies, keys.injectNull(0.6), Arbitraries.of(false, false, true))
            .as(Write::new);
    return Arbitraries.frequencyOf(
            Tuple.of(6, writes),
            Tuple.of(3, Combinators.combine(apps, parents, highest).as(Recover::new)),
            Tuple.of(1, Combinators.combine(apps, parents).as(Lose::new)),
            Tuple.of(
                2,
                Combinators.combine(apps, Arbitraries.integers().between(1, QUEUE_LIMIT))
                    .as(Claim::new)),
            Tuple.of(1, Combinators.combine(apps, keys).as(Expire::new)))
        .list()
        .ofMaxSize(60)
        .withSizeDistribution(RandomDistribution.uniform());
  }
}

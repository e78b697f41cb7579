package dev.tally.gateway.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tally.common.accept.IdempotencyKey;
import dev.tally.common.accept.IdempotencyLimits;
import dev.tally.common.accept.JobQueue;
import dev.tally.common.accept.replica.WaitProperties;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.identity.NumberRange;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.partition.RedisLayout;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.Job;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageContent;
import dev.tally.common.queue.WaitingJobs;
import dev.tally.common.redis.RedisRequirements;
import dev.tally.common.web.problem.ProblemException;
import dev.tally.common.web.problem.ProblemType;
import dev.tally.testkit.PersistedRows;
import dev.tally.testkit.TestServers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.unit.DataSize;

class AcceptorIT {

  private static final AppToken APP = new AppToken("0123456789abcdef0123456789abcdef");
  private static final ChatName CHAT = new ChatName(APP, 1);
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06.789012Z");
  private static final int QUEUE_LIMIT = 3;
  private static final int QUEUE_BYTES = 1_000;
  private static final Partitions PARTITIONS = new Partitions(16);
  private static final PartitionKeys KEYS = PARTITIONS.of(APP);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final JobCodec codec = new JobCodec();
  private LettuceConnectionFactory connections;
  private final List<JobQueue> queues = new ArrayList<>();
  private StringRedisTemplate redis;
  private TestServers servers;
  private PersistedRows rows;
  private RedisLayout layout;
  private RedisMemory memory;
  private Acceptor acceptor;

  @BeforeEach
  void start() {
    servers = TestServers.wiped();
    rows = PersistedRows.in(servers);
    rows.app(APP.value());
    connections = servers.redis();
    redis = new StringRedisTemplate(connections);
    layout = new RedisLayout(redis, PARTITIONS, _ -> {});
    AcceptProperties properties =
        new AcceptProperties(QUEUE_LIMIT, DataSize.ofBytes(QUEUE_BYTES), 0.8);
    memory = new RedisMemory(connections, layout, properties, meters);
    acceptor = acceptor(properties);
  }

  /** A gateway that has just started. */
  private Acceptor acceptor(AcceptProperties properties) {
    DataSource mysql = servers.dataSource();
    PlatformTransactionManager transactions = new DataSourceTransactionManager(mysql);
    JdbcClient jdbc = JdbcClient.create(mysql);
    JobQueue queue =
        new JobQueue(
            new RedisRequirements(connections, layout, false, meters),
            connections,
            redis,
            layout,
            new WaitingJobs(redis, layout, codec),
            new Epochs(redis, jdbc, transactions, meters),
            jdbc,
            transactions,
            new MemoryLimits(memory, properties),
            new WaitProperties(0, Duration.ofSeconds(1)),
            new IdempotencyLimits(Duration.ofDays(1), 0),
            meters);
    queues.add(queue);
    return new Acceptor(queue, codec, Clock.fixed(NOW, ZoneOffset.UTC), properties, meters);
  }

  @AfterEach
  void stop() {
    queues.forEach(JobQueue::destroy);
    connections.destroy();
  }

  @Test
  void acceptedWritesAreQueuedWithTheirNumbers() throws Exception {
    assertThat(acceptor.chat(APP, ChatContent.NONE, null, TRACE)).isEqualTo(1);
    assertThat(acceptor.messages(CHAT, contents("a", "b"), null, TRACE))
        .isEqualTo(new NumberRange(1, 2));

    assertThat(queued())
        .containsExactly(
            new Job.NewChat(CHAT, ChatContent.NONE, NOW, TRACE),
            new Job.NewMessage(new MessageName(CHAT, 1), MessageContent.of("a"), NOW, TRACE),
            new Job.NewMessage(new MessageName(CHAT, 2), MessageContent.of("b"), NOW, TRACE));
    assertThat(accepted("chat")).isEqualTo(1);
    assertThat(accepted("message")).isEqualTo(2);
  }

  @Test
  void aRepeatedRequestGetsTheSameAnswerAndQueuesNothing() throws Exception {
    IdempotencyKey key = IdempotencyKey.of("k", List.of("chats"));

    assertThat(acceptor.chat(APP, ChatContent.NONE, key, null)).isEqualTo(1);
    assertThat(acceptor.chat(APP, ChatContent.NONE, key, null)).isEqualTo(1);

    assertThat(queued()).hasSize(1);
    assertThat(accepted("chat")).isEqualTo(1);
    assertThat(meters.get("tally.replayed").counter().count()).isEqualTo(1);
  }

  /** As after a Redis that came back without its latest writes. */
  @Test
  void aNewChatNeverGetsTheNumberOfAChatThatExists() throws Exception {
    acceptor.chat(APP, ChatContent.NONE, null, null);
    acceptor.messages(CHAT, contents("a"), null, null);
    redis.opsForHash().put(KEYS.chats(APP), PartitionKeys.NUMBERS, "0");

    assertThat(acceptor.chat(APP, ChatContent.NONE, null, null)).isEqualTo(2);

    assertThat(redis.opsForHash().get(KEYS.messages(CHAT), PartitionKeys.NUMBERS)).isEqualTo("1");
    assertThat(meters.get("tally.counters.lost").counter().count()).isEqualTo(1);
  }

  @Test
  void aLostCounterOfAnAppGoesOnAfterChatsThatAreNotPersistedYet() throws Exception {
    acceptor.chat(APP, ChatContent.NONE, null, null);
    redis.delete(KEYS.chats(APP));

    assertThat(acceptor.chat(APP, ChatContent.NONE, null, null)).isEqualTo(2);
  }

  @Test
  void aKeyOfAnotherRequestIsRefused() throws Exception {
    acceptor.chat(APP, ChatContent.NONE, IdempotencyKey.of("k", List.of("chats")), null);

    assertProblem(
        () -> acceptor.chat(APP, ChatContent.NONE, IdempotencyKey.of("k", List.of("other")), null),
        ProblemType.IDEMPOTENCY_KEY_REUSED,
        null);
    assertThat(queued()).hasSize(1);
  }

  @Test
  void aFullQueueRefusesAndTakesNoNumber() throws Exception {
    acceptor.chat(APP, ChatContent.NONE, null, null);

    assertQueueFull(() -> acceptor.messages(CHAT, contents("a", "b", "c"), null, null));

    assertThat(queued()).hasSize(1);
    assertThat(accepted("message")).isZero();
    assertThat(acceptor.messages(CHAT, contents("a"), null, null)).isEqualTo(new NumberRange(1, 1));
    assertThat(meters.get("tally.queue.limit").gauge().value()).isEqualTo(QUEUE_LIMIT);
  }

  @Test
  void aQueueThatIsFullOfBytesRefusesAndTakesNoNumber() throws Exception {
    acceptor.chat(APP, ChatContent.NONE, null, null);

    assertQueueFull(() -> acceptor.messages(CHAT, contents("x".repeat(QUEUE_BYTES)), null, null));

    assertThat(queued()).hasSize(1);
    assertThat(acceptor.messages(CHAT, contents("a"), null, null)).isEqualTo(new NumberRange(1, 1));
    assertThat(meters.get("tally.queue.limit.bytes").gauge().value()).isEqualTo(QUEUE_BYTES);
  }

  @Test
  void aRedisWithoutMemoryRefusesLikeAFullQueueAndTakesNoNumber() throws Exception {
    acceptor.chat(APP, ChatContent.NONE, null, null);
    servers.redisMaxMemory(1);
    try {
      assertQueueFull(
          () ->
              acceptor.chat(APP, ChatContent.NONE, IdempotencyKey.of("k", List.of("chats")), null));
      assertQueueFull(() -> acceptor.messages(CHAT, contents("a"), null, null));
      // This chat's counter is recovered first, and Redis has no memory for it either.
      redis.delete(KEYS.chats(APP));
      assertQueueFull(() -> acceptor.chat(APP, ChatContent.NONE, null, null));
    } finally {
      servers.redisMaxMemory(0);
    }

    assertThat(queued()).hasSize(1);
    assertThat(acceptor.messages(CHAT, contents("a"), null, null)).isEqualTo(new NumberRange(1, 1));
  }

  @Test
  void scarceMemoryRefusesNewWritesOnly() throws Exception {
    IdempotencyKey key = IdempotencyKey.of("k", List.of("chats"));
    assertThat(acceptor.chat(APP, ChatContent.NONE, key, null)).isEqualTo(1);
    memory.measure();
    assertThat(acceptor.messages(CHAT, contents("a"), null, null)).isEqualTo(new NumberRange(1, 1));

    long used = usedMemory();
    // More than Redis uses, and so little more that too large a share is in use.
    servers.redisMaxMemory(used + used / 8);
    try {
      memory.measure();
      assertQueueFull(() -> acceptor.messages(CHAT, contents("b"), null, null));
      assertThat(acceptor.chat(APP, ChatContent.NONE, key, null)).isEqualTo(1);
      assertThat(meters.get("tally.redis.memory.share").gauge().value()).isBetween(0.8, 1.0);
      assertThat(meters.get("tally.redis.memory.share.limit").gauge().value()).isEqualTo(0.8);
    } finally {
      servers.redisMaxMemory(0);
    }

    memory.measure();
    assertThat(acceptor.messages(CHAT, contents("b"), null, null)).isEqualTo(new NumberRange(2, 2));
    assertThat(queued()).hasSize(3);
  }

  @Test
  void anAppWithManyJobsLeavesATenthOfTheQueueToOthers() {
    AppToken neighbour = neighbour();
    rows.app(neighbour.value());
    Acceptor roomy = acceptor(new AcceptProperties(1_200, DataSize.ofMegabytes(1), 0.8));
    roomy.chat(APP, ChatContent.NONE, null, null);
    assertThat(roomy.messages(CHAT, contents(999), null, null)).isEqualTo(new NumberRange(1, 999));
    assertThat(roomy.messages(CHAT, contents(80), null, null))
        .isEqualTo(new NumberRange(1_000, 1_079));
    assertQueueFull(() -> roomy.messages(CHAT, contents(1), null, null));

    assertThat(roomy.chat(neighbour, ChatContent.NONE, null, null)).isEqualTo(1);
    ChatName chat = new ChatName(neighbour, 1);
    assertThat(roomy.messages(chat, contents(119), null, null)).isEqualTo(new NumberRange(1, 119));
    assertQueueFull(() -> roomy.messages(chat, contents(1), null, null));
  }

  @Test
  void anAppWithManyJobsLeavesATenthOfTheBytesToOthers() {
    AppToken neighbour = neighbour();
    rows.app(neighbour.value());
    Acceptor roomy = acceptor(new AcceptProperties(100_000, DataSize.ofKilobytes(215), 0.8));
    roomy.chat(APP, ChatContent.NONE, null, null);
    roomy.messages(CHAT, contents(1_000), null, null);
    String wide = "x".repeat(70_000);
    assertQueueFull(() -> roomy.messages(CHAT, contents(wide), null, null));
    roomy.chat(neighbour, ChatContent.NONE, null, null);
    assertThat(roomy.messages(new ChatName(neighbour, 1), contents(wide), null, null))
        .isEqualTo(new NumberRange(1, 1));
  }

  @Test
  void anAppWithManyJobsLeavesATenthOfTheMemoryToOthers() {
    AppToken neighbour = neighbour();
    rows.app(neighbour.value());
    Acceptor roomy = acceptor(new AcceptProperties(100_000, DataSize.ofMegabytes(64), 0.8));
    roomy.chat(APP, ChatContent.NONE, null, null);
    roomy.messages(CHAT, contents(1_000), null, null);
    roomy.chat(neighbour, ChatContent.NONE, null, null);
    // Beside this, what the buffers of connections need does not matter.
    IntStream.range(0, 200)
        .forEach(i -> redis.opsForValue().set("ballast " + i, "x".repeat(100_000)));
    servers.redisMaxMemory(Math.round(usedMemory() / 0.76));
    try {
      memory.measure();
      assertQueueFull(() -> roomy.messages(CHAT, contents(1), null, null));
      assertThat(roomy.messages(new ChatName(neighbour, 1), contents(1), null, null))
          .isEqualTo(new NumberRange(1, 1));
    } finally {
      servers.redisMaxMemory(0);
    }
  }

  /** A gateway of the layout before may still run while its successors start. */
  @Test
  void aGatewayOfTheLayoutBeforeFailsAndChangesNothing() throws Exception {
    acceptor.chat(APP, ChatContent.NONE, null, null);
    Map<Object, Object> before = redis.opsForHash().entries(KEYS.chats(APP));
    RedisScript<List<?>> older = older();

    for (String counter : List.of(KEYS.chats(APP), KEYS.messages(CHAT))) {
      assertThatThrownBy(
              () ->
                  redis.execute(
                      older,
                      List.of(counter, "tally:{%02d}:jobs".formatted(KEYS.partition())),
                      "100000",
                      "",
                      "86400000",
                      "",
                      "",
                      "{\"number\":"))
          .hasStackTraceContaining("WRONGTYPE");
    }
    // It recovers a counter that it does not find, and then meets the other type of the queue.
    redis.opsForValue().set(KEYS.messages(new ChatName(APP, 7)), "0");
    assertThatThrownBy(
            () ->
                redis.execute(
                    older,
                    List.of(
                        KEYS.messages(new ChatName(APP, 7)),
                        "tally:{%02d}:jobs".formatted(KEYS.partition())),
                    "100000",
                    "",
                    "86400000",
                    "",
                    "",
                    "{\"number\":"))
        .hasStackTraceContaining("WRONGTYPE");

    assertThat(redis.opsForValue().get(KEYS.messages(new ChatName(APP, 7)))).isEqualTo("0");
    assertThat(redis.opsForHash().entries(KEYS.chats(APP))).isEqualTo(before);
    assertThat(queued()).hasSize(1);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the script's answer is a list
  private static RedisScript<List<?>> older() {
    return (RedisScript)
        RedisScript.of(new ClassPathResource("lua/accept-of-layout-2.lua"), List.class);
  }

  private static List<MessageContent> contents(String... bodies) {
    return Arrays.stream(bodies).map(MessageContent::of).toList();
  }

  private static List<MessageContent> contents(int count) {
    return Collections.nCopies(count, MessageContent.of("x"));
  }

  /** Another app of the same partition. */
  private static AppToken neighbour() {
    return IntStream.iterate(1, i -> i + 1)
        .mapToObj(i -> new AppToken("%032x".formatted(i)))
        .filter(app -> PARTITIONS.of(app).equals(KEYS) && !app.equals(APP))
        .findFirst()
        .orElseThrow();
  }

  private long usedMemory() {
    try (RedisConnection connection = connections.getConnection()) {
      return Long.parseLong(connection.serverCommands().info("memory").getProperty("used_memory"));
    }
  }

  @Test
  void aCounterThatIsNoNumberGoesOnWhereItWas() {
    acceptor.chat(APP, ChatContent.NONE, null, null);
    acceptor.messages(CHAT, contents(1), null, null);
    redis.opsForHash().put(KEYS.messages(CHAT), PartitionKeys.NUMBERS, "many");

    assertThat(acceptor.messages(CHAT, contents(1), null, null)).isEqualTo(new NumberRange(2, 2));
  }

  @Test
  void aCounterOfAnotherTypeGoesOnWhereItWas() {
    acceptor.chat(APP, ChatContent.NONE, null, null);
    redis.delete(KEYS.chats(APP));
    redis.opsForValue().set(KEYS.chats(APP), "a string");

    assertThat(acceptor.chat(APP, ChatContent.NONE, null, null)).isEqualTo(2);
  }

  @Test
  void aParentThatMySqlDoesNotHaveIsNotFound() {
    assertProblem(
        () -> acceptor.chat(new AppToken("f".repeat(32)), ChatContent.NONE, null, null),
        ProblemType.APP_NOT_FOUND,
        null);
    assertProblem(
        () -> acceptor.messages(new ChatName(APP, 9), contents("a"), null, null),
        ProblemType.CHAT_NOT_FOUND,
        null);
  }

  private List<Job> queued() throws Exception {
    List<Job> jobs = new ArrayList<>();
    for (String job : redis.opsForList().range(KEYS.jobs(APP), 0, -1)) {
      jobs.add(codec.decode(job));
    }
    return jobs;
  }

  private double accepted(String kind) {
    return meters.get("tally.accepted").tag("kind", kind).counter().count();
  }

  private static void assertQueueFull(Runnable write) {
    assertProblem(write, ProblemType.QUEUE_FULL, Duration.ofSeconds(5));
  }

  private static void assertProblem(
      Runnable write, ProblemType type, @Nullable Duration retryAfter) {
    assertThatThrownBy(write::run)
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.type()).isEqualTo(type);
              assertThat(problem.retryAfter()).isEqualTo(retryAfter);
            });
  }
}

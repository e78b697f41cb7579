package dev.tally.worker;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.identity.MessageName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.Partitions;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.JobCodec;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import dev.tally.testkit.TestServers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A worker on test servers, with apps, jobs as a gateway queues them, and queries for the rows. */
public final class WorkerFixture implements AutoCloseable {

  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);

  public static final String LEASE_DURATION = "--tally.worker.lease.duration=";

  private static final Random RANDOM = new Random();

  private static final Partitions PARTITIONS = new Partitions(16);

  public final TestServers servers = TestServers.wiped();
  public final ConfigurableApplicationContext worker;
  public final StringRedisTemplate redis;
  public final JdbcClient mysql;
  public final JobCodec codec = new JobCodec();

  private int partition;

  /**
   * Starts a worker.
   *
   * @param more arguments
   */
  public WorkerFixture(String... more) {
    worker = start(more);
    redis = worker.getBean(StringRedisTemplate.class);
    mysql = worker.getBean(JdbcClient.class);
  }

  public ConfigurableApplicationContext start(String... more) {
    List<String> arguments = new ArrayList<>(servers.arguments());
    arguments.addAll(
        List.of(
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--logging.level.root=WARN",
            "--management.metrics.use-global-registry=false"));
    if (Arrays.stream(more).noneMatch(argument -> argument.startsWith(LEASE_DURATION))) {
      arguments.add(LEASE_DURATION + "2s");
    }
    arguments.addAll(Arrays.asList(more));
    return ChatWorker.start(arguments.toArray(String[]::new));
  }

  /** Adds an app. The partitions take turns, so that a test does not meet what the last one did. */
  public String app() {
    partition = (partition + 1) % PARTITIONS.count();
    String token;
    do {
      byte[] bytes = new byte[16];
      RANDOM.nextBytes(bytes);
      token = HexFormat.of().formatHex(bytes);
    } while (keys(token).partition() != partition);
    mysql
        .sql(
            "INSERT INTO apps (token, name, created_at, updated_at)"
                + " VALUES (?, 'Acme', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
        .param(token)
        .update();
    return token;
  }

  public PartitionKeys keys(String app) {
    return PARTITIONS.of(new AppToken(app));
  }

  public String chatJob(String app, long number) {
    return chatJob(app, number, ChatContent.NONE);
  }

  public String chatJob(String app, long number, ChatContent content) {
    return codec.openChat(new AppToken(app), content, now, null) + number + "}";
  }

  public String messageJob(String app, long chat, long number, String body) {
    return messageJob(app, chat, number, MessageContent.of(body));
  }

  public String messageJob(String app, long chat, long number, MessageContent content) {
    ChatName name = new ChatName(new AppToken(app), chat);
    return codec.openMessage(name, content, now, null) + number + "}";
  }

  public String changeJob(String app, long chat, long message, long number, MessageChange change) {
    return changeJob(app, chat, message, number, change, null, null);
  }

  public String changeJob(
      String app,
      long chat,
      long message,
      long number,
      MessageChange change,
      @Nullable String author,
      @Nullable Long expectedRevision) {
    MessageName name = new MessageName(new ChatName(new AppToken(app), chat), message);
    return codec.openChange(name, change, author, expectedRevision, now, null) + number + "}";
  }

  public String changeJob(
      String app, long chat, long number, ChatChange change, @Nullable Long expectedRevision) {
    ChatName name = new ChatName(new AppToken(app), chat);
    return codec.openChange(name, change, "ann", expectedRevision, now, null) + number + "}";
  }

  public void queue(String app, String... jobs) {
    GatewayQueue.push(redis, keys(app), new AppToken(app), List.of(jobs));
  }

  /** Takes the next number of a counter and queues its job, at once, as a gateway does. */
  public void accept(String app, String counter, String job) {
    GatewayQueue.accept(redis, keys(app), new AppToken(app), counter, job);
  }

  public long id(String app) {
    return mysql.sql("SELECT id FROM apps WHERE token = ?").param(app).query(Long.class).single();
  }

  public long chatsCount(String app) {
    return mysql
        .sql("SELECT chats_count FROM apps WHERE token = ?")
        .param(app)
        .query(Long.class)
        .single();
  }

  public long messagesCount(String app, long chat) {
    return mysql
        .sql("SELECT messages_count FROM chats WHERE app_id = ? AND number = ?")
        .params(id(app), chat)
        .query(Long.class)
        .single();
  }

  /** {@code number:body} of every message of a chat, in order. */
  public List<String> messages(String app, long chat) {
    return mysql
        .sql(
            "SELECT CONCAT(number, ':', body) FROM messages"
                + " WHERE app_id = ? AND chat_number = ? ORDER BY number")
        .params(id(app), chat)
        .query((row, _) -> row.getString(1))
        .list();
  }

  public List<String> deadLetters(String app) {
    return redis.opsForList().range(keys(app).dead(), 0, -1);
  }

  public boolean isDrained(String app) {
    return redis.opsForList().size(keys(app).jobs(new AppToken(app))) == 0
        && redis.opsForList().size(keys(app).retried()) == 0
        && redis.opsForList().size(keys(app).claimed()) == 0;
  }

  /** Gives a counter a number, or takes it away. */
  public void count(String counter, long number) {
    redis.opsForHash().put(counter, PartitionKeys.NUMBERS, Long.toString(number));
  }

  /** Gives a chat's counter of changes a number. */
  public void countChanges(String counter, long number) {
    redis.opsForHash().put(counter, PartitionKeys.CHANGES, Long.toString(number));
  }

  /** {@code number:message:kind:effect:}, and the body before, of every change, in order. */
  public List<String> changes(String app, long chat) {
    return mysql
        .sql(
            """
            SELECT CONCAT(number, ':', COALESCE(message_number, 'null'), ':',
                          COALESCE(kind, 'null'), ':', effect, ':', COALESCE(body, 'null'))
            FROM changes WHERE app_id = ? AND chat_number = ? ORDER BY number""")
        .params(id(app), chat)
        .query((row, _) -> row.getString(1))
        .list();
  }

  /** The number of a counter, null without a counter. */
  public @Nullable Object counted(String counter) {
    return redis.opsForHash().get(counter, PartitionKeys.NUMBERS);
  }

  public void awaitDrained(String app) {
    await(() -> isDrained(app));
  }

  public static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(condition);
  }

  @Override
  public void close() {
    worker.close();
  }
}

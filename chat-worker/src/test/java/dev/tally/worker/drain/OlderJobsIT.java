package dev.tally.worker.drain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.identity.AppToken;
import dev.tally.common.queue.MessageChange;
import dev.tally.worker.GatewayQueue;
import dev.tally.worker.WorkerFixture;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * An upgrade while jobs wait. They are the texts that older gateways wrote, which knew job versions
 * 1, or 1 and 2; the keys are those of then, and counters say nothing of changes.
 */
class OlderJobsIT {

  private static final String FIRST_CHAT =
      """
      {"v":1,"kind":"chat","app":"APP","at":1700000000123456,"number":1}""";

  private static final String FIRST_MESSAGE =
      """
      {"v":1,"kind":"message","app":"APP","chat":1,"at":1700000000223456,\
      "trace":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",\
      "body":"\\"Grüße\\"\\n🎉","number":1}""";

  private static final String SECOND_MESSAGE =
      """
      {"v":1,"kind":"message","app":"APP","chat":1,"at":1700000000323456,"body":"b","number":2}""";

  private static final String NAMED_CHAT =
      """
      {"v":2,"kind":"chat","app":"APP","at":1700000001123456,"name":"Grüße",\
      "metadata":"{\\"a\\":[1,\\"x\\"]}","number":2}""";

  private static final String ANSWER =
      """
      {"v":2,"kind":"message","app":"APP","chat":1,"at":1700000001223456,"body":"c",\
      "author":"ann","metadata":"{\\"a\\":1}","reply_to":1,"number":3}""";

  private static final String WITH_AUTHOR =
      """
      {"v":2,"kind":"message","app":"APP","chat":2,"at":1700000001323456,"body":"d",\
      "author":"bob","number":1}""";

  /** A worker that knew version 1 only has made it a dead letter. */
  private static final String NEWER_THAN_ITS_WORKER =
      """
      {"v":2,"kind":"message","app":"APP","chat":1,"at":1700000001423456,"body":"e",\
      "reply_to":2,"number":4}""";

  private static final String WITHOUT_CHAT =
      """
      {"v":1,"kind":"message","app":"APP","chat":1,"at":1700000001523456,"body":"f","number":5}""";

  private WorkerFixture fixture;
  private LettuceConnectionFactory connections;
  private StringRedisTemplate redis;
  private JdbcClient mysql;
  private String app;

  /** The part of the names of the partition's keys before their own. */
  private String tag;

  private @Nullable ConfigurableApplicationContext upgraded;

  @BeforeEach
  void stopTheOlderWorker() {
    fixture = new WorkerFixture();
    app = fixture.app();
    tag = "tally:{%02d}:".formatted(fixture.keys(app).partition());
    fixture.worker.close();
    connections = fixture.servers.redis();
    redis = new StringRedisTemplate(connections);
    mysql = JdbcClient.create(fixture.servers.dataSource());
    // No worker had taken a term.
    redis.opsForHash().delete(tag + "state", "term", "term_run");
    mysql.sql("DELETE FROM partition_positions").update();
  }

  @AfterEach
  void stop() {
    if (upgraded != null) {
      upgraded.close();
    }
    connections.destroy();
  }

  @Test
  void aQueueOfOlderJobsIsDrained() {
    List<String> claimed = jobs(FIRST_CHAT, FIRST_MESSAGE);
    List<String> waiting = jobs(SECOND_MESSAGE, NAMED_CHAT, ANSWER, WITH_AUTHOR);
    redis.opsForHash().put(tag + app + ":chats", "numbers", "2");
    redis.opsForHash().put(tag + app + ":1:messages", "numbers", "5");
    redis.opsForHash().put(tag + app + ":2:messages", "numbers", "1");
    redis.opsForList().rightPushAll(tag + "claimed", claimed);
    redis.opsForList().rightPushAll(tag + app + ":jobs", waiting);
    redis.opsForList().rightPush(tag + "ring", app);
    redis
        .opsForHash()
        .putAll(
            tag + "state",
            Map.of(
                "jobs",
                Integer.toString(waiting.size()),
                "bytes",
                Integer.toString(
                    waiting.stream().mapToInt(job -> job.getBytes(UTF_8).length).sum()),
                "position",
                Integer.toString(claimed.size() + waiting.size())));

    upgrade();

    assertThat(chats())
        .containsExactly(
            "1 null null 2023-11-14 22:13:20.123456, 3 messages, 0 changes",
            "2 Grüße {\"a\":[1,\"x\"]} 2023-11-14 22:13:21.123456, 1 messages, 0 changes");
    assertThat(messages())
        .containsExactly(
            "1 1 \"Grüße\"\n🎉 null null null 2023-11-14 22:13:20.223456",
            "1 2 b null null null 2023-11-14 22:13:20.323456",
            "1 3 c ann {\"a\":1} 1 2023-11-14 22:13:21.223456",
            "2 1 d bob null null 2023-11-14 22:13:21.323456");
    assertThat(redis.opsForList().size(tag + "dead")).isZero();

    change(1, 1, new MessageChange.Edit("edited", false, null));
    change(2, 3, new MessageChange.Deletion());
    // The older worker had persisted them, and the acknowledgement was lost.
    queue(jobs(FIRST_MESSAGE, ANSWER));
    await(this::isDrained);

    assertThat(messages())
        .containsExactly(
            "1 1 edited null null null 2023-11-14 22:13:20.223456",
            "1 2 b null null null 2023-11-14 22:13:20.323456",
            "1 3  ann null 1 2023-11-14 22:13:21.223456",
            "2 1 d bob null null 2023-11-14 22:13:21.323456");
    assertThat(redis.opsForList().size(tag + "dead")).isZero();
  }

  @Test
  void theirDeadLettersCanBeRetried() {
    redis
        .opsForList()
        .rightPushAll(
            tag + "dead",
            deadLetter("undecodable", NEWER_THAN_ITS_WORKER),
            deadLetter("chat-missing", WITHOUT_CHAT));
    queue(jobs(FIRST_CHAT, FIRST_MESSAGE, SECOND_MESSAGE));
    upgrade();
    change(1, 5, new MessageChange.Edit("edited", false, null));
    await(this::isDrained);

    DeadLetters letters = upgraded().getBean(DeadLetters.class);
    assertThat(letters.list(10))
        .extracting(entry -> entry.letter().reason().slug())
        .containsExactly("undecodable", "chat-missing");
    assertThat(letters.removeAll(letters::retry)).isEqualTo(2);
    await(this::isDrained);

    assertThat(messages())
        .containsExactly(
            "1 1 \"Grüße\"\n🎉 null null null 2023-11-14 22:13:20.223456",
            "1 2 b null null null 2023-11-14 22:13:20.323456",
            "1 4 e null null 2 2023-11-14 22:13:21.423456",
            "1 5 edited null null null 2023-11-14 22:13:21.523456");
    assertThat(letters.list(10)).isEmpty();
  }

  private List<String> jobs(String... texts) {
    return Stream.of(texts).map(text -> text.replace("APP", app)).toList();
  }

  private String deadLetter(String reason, String job) {
    return """
    {"id":"%s","reason":"%s","at":"2023-11-15T00:00:00.123456789Z","job":"%s"}"""
        .formatted(
            UUID.randomUUID(),
            reason,
            jobs(job).getFirst().replace("\\", "\\\\").replace("\"", "\\\""));
  }

  private void queue(List<String> jobs) {
    GatewayQueue.push(redis, fixture.keys(app), new AppToken(app), jobs);
  }

  private void change(long number, long message, MessageChange change) {
    queue(List.of(fixture.changeJob(app, 1, message, number, change)));
  }

  private void upgrade() {
    upgraded = fixture.start();
    await(this::isDrained);
  }

  private ConfigurableApplicationContext upgraded() {
    return Objects.requireNonNull(upgraded);
  }

  private static void await(Callable<Boolean> condition) {
    WorkerFixture.await(condition);
  }

  private boolean isDrained() {
    return Stream.of(app + ":jobs", "retried", "claimed")
        .allMatch(list -> redis.opsForList().size(tag + list) == 0);
  }

  private List<String> chats() {
    return rows(
        """
        SELECT CONCAT(number, ' ', COALESCE(c.name, 'null'), ' ', COALESCE(metadata, 'null'), ' ',
                      c.created_at, ', ', messages_count, ' messages, ', changes_count, ' changes')
        FROM chats c JOIN apps ON id = app_id WHERE token = ? ORDER BY number""");
  }

  private List<String> messages() {
    return rows(
        """
        SELECT CONCAT(chat_number, ' ', number, ' ', body, ' ', COALESCE(author, 'null'), ' ',
                      COALESCE(metadata, 'null'), ' ', COALESCE(reply_to, 'null'), ' ',
                      m.created_at)
        FROM messages m JOIN apps ON id = app_id WHERE token = ? ORDER BY chat_number, number""");
  }

  private List<String> rows(String sql) {
    return mysql.sql(sql).param(app).query((row, _) -> row.getString(1)).list();
  }
}

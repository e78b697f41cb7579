package dev.tally.worker.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.accept.counter.Parent;
import dev.tally.common.deadletter.DeadLetter;
import dev.tally.common.deadletter.DeadLetters;
import dev.tally.common.epoch.Epochs;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.partition.RedisLayout;
import dev.tally.worker.WorkerFixture;
import dev.tally.worker.numbers.Counters;
import dev.tally.worker.numbers.NumberSearch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.transaction.PlatformTransactionManager;

/** Accepted numbers that are nowhere are named, and no others. */
class NumbersCheckIT {

  private static WorkerFixture fixture;

  private String app = "";
  private AppToken token = new AppToken("0".repeat(32));
  private PartitionKeys keys = new PartitionKeys(0);

  @BeforeAll
  static void start() {
    fixture = new WorkerFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  /** Chat 1 with messages 1 to 3. */
  @BeforeEach
  void newApp() {
    app = fixture.app();
    token = new AppToken(app);
    keys = fixture.keys(app);
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "a"),
        fixture.messageJob(app, 1, 2, "b"),
        fixture.messageJob(app, 1, 3, "c"));
    fixture.awaitDrained(app);
    count(1, 3);
  }

  @AfterEach
  void forget() {
    fixture.redis.delete(List.of(keys.owner(), keys.dead(), keys.jobs(token), keys.retried()));
    fixture.redis.delete(List.of(keys.chats(token), keys.messages(chat(1))));
    fixture.mysql.sql("DELETE FROM messages").update();
    fixture.mysql.sql("DELETE FROM chats").update();
    fixture.mysql.sql("DELETE FROM apps").update();
    fixture.redis.opsForHash().delete(keys.state(), PartitionKeys.JOBS, PartitionKeys.BYTES);
  }

  @Test
  void aJobThatIsDeletedFromTheQueueIsNamed() {
    hold();
    fixture.queue(
        app,
        fixture.messageJob(app, 1, 4, "d"),
        fixture.messageJob(app, 1, 5, "e"),
        fixture.messageJob(app, 1, 6, "f"));
    count(1, 6);
    assertThat(findings()).isEmpty();

    String job = fixture.messageJob(app, 1, 5, "e");
    assertThat(fixture.redis.opsForList().remove(keys.jobs(token), 1, job)).isOne();

    assertThat(findings()).containsExactly(nowhere("chat 1: ", "message 5"));
    fixture.redis.delete(keys.owner());
    fixture.awaitDrained(app);
    assertThat(findings()).containsExactly(nowhere("chat 1: ", "message 5"));
  }

  @Test
  void aChatWhoseJobIsDeletedIsNamedAndItsMessagesAreLookedFor() {
    hold();
    fixture.queue(app, fixture.messageJob(app, 2, 2, "of a lost chat"));
    count(2, 3);
    fixture.count(keys.messages(chat(2)), 3);

    assertThat(findings())
        .containsExactlyInAnyOrder(
            nowhere("", "chat 2"),
            nowhere("chat 2: ", "message 1"),
            nowhere("chat 2: ", "message 3"));
    fixture.redis.delete(keys.messages(chat(2)));
  }

  @Test
  void aCounterThatSomebodySetFarTooHighIsNamedAtOnce() {
    count(999_999_999_999_999L, 3);

    assertThat(findings()).containsExactly(nowhere("", "chats 2 to 999999999999999"));
  }

  @Test
  void whatIsInADeadLetterOrRetriedOrClaimedIsNotMissing() {
    hold();
    fixture.redis.opsForList().rightPush(keys.retried(), fixture.messageJob(app, 1, 4, "d"));
    fixture.redis.opsForList().rightPush(keys.claimed(), fixture.messageJob(app, 1, 5, "e"));
    fixture
        .redis
        .opsForList()
        .rightPush(
            keys.dead(),
            DeadLetter.now(
                    DeadLetter.Reason.REFUSED,
                    fixture.messageJob(app, 1, 6, "f").getBytes(StandardCharsets.UTF_8))
                .encode());
    count(1, 7);

    assertThat(findings()).containsExactly(nowhere("chat 1: ", "message 7"));
    fixture.redis.delete(keys.claimed());
  }

  @Test
  void aGapBelowAPersistedNumberIsNamedWhateverTheCounterAndAVoidRowFillsIt() {
    fixture.mysql.sql("DELETE FROM messages WHERE number = 2").update();
    fixture.mysql.sql("UPDATE chats SET messages_count = 2").update();
    fixture.redis.delete(keys.messages(chat(1)));
    assertThat(findings()).containsExactly(nowhere("chat 1: ", "message 2"));

    fixture
        .mysql
        .sql(
            "INSERT INTO messages (app_id, chat_number, number, body, created_at, lost_at)"
                + " VALUES (?, 1, 2, '', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))")
        .param(fixture.id(app))
        .update();
    fixture.mysql.sql("UPDATE chats SET messages_count = 3").update();
    assertThat(findings()).isEmpty();
  }

  @Test
  void aCounterOfAnOlderEpochTellsNothing() {
    fixture.redis.opsForHash().put(keys.messages(chat(1)), PartitionKeys.EPOCH, "7");
    count(1, 9);
    assertThat(findings()).isEmpty();

    fixture.redis.opsForHash().delete(keys.messages(chat(1)), PartitionKeys.EPOCH);
    assertThat(findings()).containsExactly(nowhere("chat 1: ", "messages 4 to 9"));
  }

  @Test
  void numbersThatAreAboutToBeFilledAreNotNamedOneByOne() {
    hold();
    count(1, 9);
    fixture
        .mysql
        .sql("UPDATE partition_positions SET fill_due = 3 WHERE partition_number = ?")
        .param(keys.partition())
        .update();

    assertThat(findings())
        .containsExactly(
            "partition %d: MySQL has lost numbers, and they are not filled yet"
                .formatted(keys.partition()));
    fixture.mysql.sql("UPDATE partition_positions SET fill_due = 0").update();
  }

  /** What Redis had given out before it lost all is unknown, however late verify learns of it. */
  @Test
  void whatWasReadBeforeRedisLostItsStateDoesNotCount() {
    hold();
    count(1, 9);
    Map<Object, Object> state = fixture.redis.opsForHash().entries(keys.state());
    LosingRedis losing = new LosingRedis();
    Findings findings = new Findings();
    NumbersCheck.Run run =
        new NumbersCheck(
                new Counters(losing),
                fixture.worker.getBean(NumberSearch.class),
                fixture.worker.getBean(Epochs.class),
                fixture.mysql,
                fixture.worker.getBean(RedisLayout.class),
                fixture.worker.getBean(PlatformTransactionManager.class))
            .run(findings);
    run.add(new Parent.Chat(chat(1)), 9, new NumbersCheck.Rows(3, 1, 3));

    run.settle();

    assertThat(losing.reads).isGreaterThan(2);
    assertThat(findings.shown()).isEmpty();
    assertThat(run.unchecked()).isEmpty();
    fixture.redis.opsForHash().putAll(keys.state(), state);
  }

  /** Loses the partition after verify has read its counters for the second look. */
  private final class LosingRedis extends StringRedisTemplate {

    private int reads;

    LosingRedis() {
      super(fixture.worker.getBean(RedisConnectionFactory.class));
    }

    @Override
    public List<Object> executePipelined(RedisCallback<?> action) {
      List<Object> answers = super.executePipelined(action);
      reads++;
      if (reads == 2) {
        fixture.redis.delete(List.of(keys.state(), keys.messages(chat(1))));
      }
      return answers;
    }
  }

  @Test
  void nothingIsNamedWhileADeadLetterIsRetriedAgainAndAgainAndWritesGoOn() throws Exception {
    fixture.queue(app, fixture.messageJob(app, 1, 4, "x".repeat(70_000)));
    count(1, 4);
    DeadLetters letters = fixture.worker.getBean(DeadLetters.class);
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> retries =
          threads.submit(
              () -> {
                while (!over.get()) {
                  letters.removeAll(letters::retry);
                }
              });
      Future<Long> writes = threads.submit(() -> write(over));
      List<String> findings = new ArrayList<>();
      int checks = 0;
      for (long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
          System.nanoTime() < end;
          checks++) {
        findings.addAll(findings());
      }
      over.set(true);
      retries.get();
      assertThat(writes.get()).as("writes").isGreaterThan(500);
      assertThat(checks).as("checks").isGreaterThan(5);
      assertThat(findings).isEmpty();
    }
    fixture.awaitDrained(app);
  }

  /** Accepts messages as a gateway does: number and job at once. */
  private long write(AtomicBoolean over) throws InterruptedException {
    long number = 4;
    while (!over.get()) {
      number++;
      fixture.accept(app, keys.messages(chat(1)), fixture.messageJob(app, 1, number, "m"));
      Thread.sleep(1);
    }
    return number;
  }

  private void count(long chats, long messages) {
    fixture.count(keys.chats(token), chats);
    fixture.count(keys.messages(chat(1)), messages);
  }

  private ChatName chat(long number) {
    return new ChatName(token, number);
  }

  /** Keeps the worker from claiming in the app's partition. */
  private void hold() {
    fixture.redis.opsForValue().set(keys.owner(), "nobody", Duration.ofMinutes(1));
  }

  private String nowhere(String chat, String children) {
    return "app %s%sno row, job or dead letter has %s"
        .formatted(app, chat.isEmpty() ? ": " : " " + chat, children);
  }

  private static List<String> findings() {
    return fixture.worker.getBean(Verification.class).run(false, _ -> {}).findings();
  }
}

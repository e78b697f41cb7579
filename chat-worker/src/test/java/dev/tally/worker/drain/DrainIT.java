package dev.tally.worker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.MessageContent;
import dev.tally.worker.WorkerFixture;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.connection.DataType;
import org.springframework.data.redis.core.ListOperations;
import org.springframework.data.redis.core.script.RedisScript;

/** Jobs become rows: once, in order, and counted, whatever was delivered before. */
class DrainIT {

  private static WorkerFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new WorkerFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void chatsAndTheirMessagesArePersisted() {
    String app = fixture.app();
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "a"),
        fixture.chatJob(app, 2),
        fixture.messageJob(app, 2, 1, "x"),
        fixture.messageJob(app, 1, 2, "b 🎉"));

    fixture.awaitDrained(app);

    assertThat(fixture.chatsCount(app)).isEqualTo(2);
    assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:b 🎉");
    assertThat(fixture.messagesCount(app, 1)).isEqualTo(2);
    assertThat(fixture.messages(app, 2)).containsExactly("1:x");
    assertThat(fixture.messagesCount(app, 2)).isEqualTo(1);
  }

  @Test
  void aBatchDeliveredAgainChangesNothing() {
    String app = fixture.app();
    String[] jobs = {
      fixture.chatJob(app, 1),
      fixture.messageJob(app, 1, 1, "a"),
      fixture.messageJob(app, 1, 2, "b")
    };
    fixture.queue(app, jobs);
    fixture.awaitDrained(app);

    // A worker that dies between its commit and its acknowledgement leaves this.
    fixture.redis.opsForList().rightPushAll(fixture.keys(app).claimed(), jobs);
    fixture.awaitDrained(app);

    assertThat(fixture.chatsCount(app)).isEqualTo(1);
    assertThat(fixture.messagesCount(app, 1)).isEqualTo(2);
    assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:b");
    assertThat(fixture.deadLetters(app)).isEmpty();
  }

  @Test
  void whatAMessageSaysBesidesItsBodyIsPersistedAndTellsItFromAnother() {
    String app = fixture.app();
    MessageContent content = new MessageContent("a", "ann 🎉", "{\"x\":1.0}", 7L);
    String job = fixture.messageJob(app, 1, 1, content);
    fixture.queue(app, fixture.chatJob(app, 1), job);
    fixture.awaitDrained(app);

    assertThat(
            fixture
                .mysql
                .sql("SELECT author, metadata, reply_to FROM messages WHERE app_id = ?")
                .param(fixture.id(app))
                .query((row, _) -> row.getString(1) + row.getString(2) + row.getLong(3))
                .single())
        .isEqualTo("ann 🎉{\"x\":1.0}7");

    fixture.queue(app, job);
    fixture.awaitDrained(app);
    assertThat(fixture.deadLetters(app)).isEmpty();

    fixture.queue(
        app,
        fixture.messageJob(app, 1, 1, new MessageContent("a", "bob", "{\"x\":1.0}", 7L)),
        fixture.messageJob(app, 1, 1, new MessageContent("a", "ann 🎉", "{\"x\":1}", 7L)),
        fixture.messageJob(app, 1, 1, new MessageContent("a", "ann 🎉", "{\"x\":1.0}", null)),
        fixture.messageJob(app, 1, 1, "a"));
    fixture.awaitDrained(app);

    assertThat(fixture.deadLetters(app))
        .hasSize(4)
        .allSatisfy(letter -> assertThat(letter).contains("number-taken"));
  }

  @Test
  void whatAChatSaysIsPersistedAndTellsItFromAnother() {
    String app = fixture.app();
    ChatContent content = new ChatContent("Support 🎉", "{\"x\":1.0}");
    fixture.queue(app, fixture.chatJob(app, 1, content));
    fixture.awaitDrained(app);

    assertThat(
            fixture
                .mysql
                .sql("SELECT name, metadata FROM chats WHERE app_id = ?")
                .param(fixture.id(app))
                .query((row, _) -> row.getString(1) + row.getString(2))
                .single())
        .isEqualTo("Support 🎉{\"x\":1.0}");

    fixture.queue(app, fixture.chatJob(app, 1, content));
    fixture.awaitDrained(app);
    assertThat(fixture.deadLetters(app)).isEmpty();

    fixture.queue(app, fixture.chatJob(app, 1));
    fixture.awaitDrained(app);
    assertThat(fixture.deadLetters(app))
        .singleElement()
        .satisfies(letter -> assertThat(letter).contains("number-taken"));
  }

  @Test
  void aBatchThatIsPartlyPersistedIsCompleted() {
    String app = fixture.app();
    fixture.queue(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "a"));
    fixture.awaitDrained(app);

    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.chatJob(app, 2),
        fixture.messageJob(app, 1, 1, "a"),
        fixture.messageJob(app, 1, 2, "b"),
        fixture.messageJob(app, 1, 2, "b"));
    fixture.awaitDrained(app);

    assertThat(fixture.chatsCount(app)).isEqualTo(2);
    assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:b");
    assertThat(fixture.messagesCount(app, 1)).isEqualTo(2);
    assertThat(fixture.deadLetters(app)).isEmpty();
  }

  @Test
  void aNumberThatIsTakenIsRejectedAndRaisesTheCounter() {
    String app = fixture.app();
    String counter = fixture.keys(app).messages(new ChatName(new AppToken(app), 1));
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "a"),
        fixture.messageJob(app, 1, 2, "b"),
        fixture.messageJob(app, 1, 3, "c"));
    fixture.awaitDrained(app);
    fixture.count(counter, 1);
    fixture.redis.opsForHash().put(counter, PartitionKeys.EPOCH, "7");

    fixture.queue(app, fixture.messageJob(app, 1, 2, "other"), fixture.messageJob(app, 1, 4, "d"));
    fixture.awaitDrained(app);

    assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:b", "3:c", "4:d");
    assertThat(fixture.messagesCount(app, 1)).isEqualTo(4);
    assertThat(fixture.deadLetters(app)).hasSize(1).first().asString().contains("number-taken");
    assertThat(fixture.redis.opsForHash().entries(counter))
        .isEqualTo(Map.of(PartitionKeys.NUMBERS, "4", PartitionKeys.EPOCH, "7"));
    fixture.redis.delete(fixture.keys(app).dead());
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"STRING", "LIST", "HASH"})
  void aCounterThatIsNoCounterIsReplacedAndBlocksNothing(DataType type) {
    String app = fixture.app();
    PartitionKeys keys = fixture.keys(app);
    String counter = keys.messages(new ChatName(new AppToken(app), 1));
    fixture.queue(app, fixture.chatJob(app, 1), fixture.messageJob(app, 1, 1, "a"));
    fixture.awaitDrained(app);
    switch (type) {
      case LIST -> fixture.redis.opsForList().rightPush(counter, "1");
      case HASH -> fixture.redis.opsForHash().put(counter, PartitionKeys.NUMBERS, "one");
      default -> fixture.redis.opsForValue().set(counter, "1");
    }

    fixture.queue(app, fixture.messageJob(app, 1, 1, "other"), fixture.messageJob(app, 1, 2, "b"));
    fixture.awaitDrained(app);

    assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:b");
    assertThat(fixture.counted(counter)).isEqualTo("2");
    fixture.redis.delete(keys.dead());
  }

  @Test
  void anAcknowledgementThatComesAgainChangesNothing() {
    // No worker drains this partition.
    PartitionKeys keys = new PartitionKeys(99);
    fixture.redis.opsForValue().set(keys.owner(), "owner");
    ListOperations<String, String> lists = fixture.redis.opsForList();
    RedisScript<Long> acknowledge =
        RedisScript.of(new ClassPathResource("lua/acknowledge.lua"), Long.class);
    List<String> names = List.of(keys.claimed(), keys.owner(), keys.dead(), keys.state());
    Object[] arguments = {"owner", "2", "first", "0", "letter"};

    lists.rightPushAll(keys.claimed(), "first", "second");
    assertThat(fixture.redis.execute(acknowledge, names, arguments)).isEqualTo(1);
    assertThat(lists.size(keys.claimed())).isZero();

    // The worker sends it again, because it lost the answer.
    assertThat(fixture.redis.execute(acknowledge, names, arguments)).isEqualTo(1);
    lists.rightPushAll(keys.claimed(), "third", "fourth");
    assertThat(fixture.redis.execute(acknowledge, names, arguments)).isEqualTo(1);

    assertThat(lists.range(keys.claimed(), 0, -1)).containsExactly("third", "fourth");
    assertThat(lists.range(keys.dead(), 0, -1)).containsExactly("letter");
    assertThat(fixture.redis.opsForHash().entries(keys.state()))
        .isEqualTo(Map.of("acknowledged", "2"));
    fixture.redis.delete(List.of(keys.claimed(), keys.owner(), keys.dead(), keys.state()));
  }

  @Test
  void rowLocksOfAVanishedWorkerEnd() {
    assertThat(fixture.mysql.sql("SELECT @@SESSION.wait_timeout").query(Integer.class).single())
        .as("seconds that a transaction may stand still")
        .isEqualTo(60);
    assertThat(
            fixture
                .mysql
                .sql("SELECT @@SESSION.innodb_lock_wait_timeout")
                .query(Integer.class)
                .single())
        .as("seconds that a statement waits for a lock")
        .isEqualTo(10);
  }

  @Test
  void jobsWithoutTheirAppOrChatAreRejectedAndBlockNothing() {
    String app = fixture.app();
    String nobody = app.replaceAll("^.{8}", "00000000");
    fixture.queue(
        app,
        fixture.messageJob(app, 7, 1, "no such chat"),
        fixture.chatJob(nobody, 1),
        "{\"v\":0}",
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "fine"));

    fixture.awaitDrained(app);

    assertThat(fixture.messages(app, 1)).containsExactly("1:fine");
    assertThat(fixture.deadLetters(app))
        .hasSize(3)
        .anyMatch(letter -> letter.contains("chat-missing"))
        .anyMatch(letter -> letter.contains("app-missing"))
        .anyMatch(letter -> letter.contains("undecodable"));
    fixture.redis.delete(fixture.keys(app).dead());
  }

  @Test
  void aJobWithAValueThatMySqlDoesNotTakeIsRejectedAlone() {
    String app = fixture.app();
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "a"),
        fixture.messageJob(app, 1, 2, "x".repeat(70_000)),
        fixture.messageJob(app, 1, 3, "c"));

    fixture.awaitDrained(app);

    assertThat(fixture.messages(app, 1)).containsExactly("1:a", "3:c");
    assertThat(fixture.messagesCount(app, 1)).isEqualTo(2);
    assertThat(fixture.deadLetters(app)).hasSize(1).first().asString().contains("refused");
    fixture.redis.delete(fixture.keys(app).dead());

    // Numbers continue after the gap, and the gap can still be filled.
    fixture.queue(
        app, fixture.messageJob(app, 1, 4, "d"), fixture.messageJob(app, 1, 2, "b after all"));
    fixture.awaitDrained(app);
    assertThat(fixture.messages(app, 1)).containsExactly("1:a", "2:b after all", "3:c", "4:d");
    assertThat(fixture.messagesCount(app, 1)).isEqualTo(4);
  }

  @Test
  void jobsThatNoTableCanHoldAreRejectedAndBlockNothing() {
    String app = fixture.app();
    fixture.queue(
        app,
        fixture.chatJob(app, 1).replace(app, "ä"),
        fixture.chatJob(app, 1),
        fixture.codec.openMessage(
                new ChatName(new AppToken(app), 1),
                MessageContent.of("sent in the year 10000"),
                Instant.parse("+10000-01-01T00:00:00Z"),
                null)
            + "1}",
        fixture.messageJob(app, 1, 1, "HALF").replace("HALF", "\\ud83c"),
        fixture.messageJob(app, 1, 1, "fine"));

    fixture.awaitDrained(app);

    assertThat(fixture.messages(app, 1)).containsExactly("1:fine");
    assertThat(fixture.deadLetters(app))
        .hasSize(3)
        .anyMatch(letter -> letter.contains("undecodable") && letter.contains("ä"))
        .anyMatch(letter -> letter.contains("undecodable") && letter.contains("\\ud83c"))
        .anyMatch(letter -> letter.contains("refused"));
    fixture.redis.delete(fixture.keys(app).dead());
  }

  @Test
  void moreJobsThanOneBatchArePersistedInOrder() {
    String app = fixture.app();
    List<String> jobs = new ArrayList<>();
    jobs.add(fixture.chatJob(app, 1));
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= 3_500; i++) {
      jobs.add(fixture.messageJob(app, 1, i, "m" + i));
      expected.add(i + ":m" + i);
    }
    fixture.queue(app, jobs.toArray(String[]::new));

    fixture.awaitDrained(app);

    assertThat(fixture.messages(app, 1)).isEqualTo(expected);
    assertThat(fixture.messagesCount(app, 1)).isEqualTo(3_500);
  }
}

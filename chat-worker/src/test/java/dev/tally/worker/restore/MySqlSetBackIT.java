package dev.tally.worker.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.MessageChange;
import dev.tally.worker.WorkerFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** MySQL comes back without its latest rows, while Redis has all that it had. */
class MySqlSetBackIT {

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
  void whatIsLostIsVoidAndItsNumberStays() {
    String app = fixture.app();
    AppToken token = new AppToken(app);
    PartitionKeys keys = fixture.keys(app);
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "kept"),
        fixture.messageJob(app, 1, 2, "lost"),
        fixture.messageJob(app, 1, 3, "lost"),
        fixture.chatJob(app, 2),
        fixture.messageJob(app, 2, 1, "lost"));
    fixture.awaitDrained(app);
    fixture.count(keys.chats(token), 2);
    fixture.count(keys.messages(new ChatName(token, 1)), 5);
    fixture.count(keys.messages(new ChatName(token, 2)), 1);
    setBack(app, keys);

    // Number 4 is not in Redis either; 5 waits, and is persisted.
    fixture.queue(app, fixture.messageJob(app, 1, 5, "queued"));
    fixture.awaitDrained(app);

    assertThat(fixture.chatsCount(app)).isEqualTo(2);
    assertThat(fixture.messages(app, 1)).containsExactly("1:kept", "2:", "3:", "4:", "5:queued");
    assertThat(fixture.messagesCount(app, 1)).isEqualTo(5);
    assertThat(lost("messages", app)).isEqualTo(4);
    assertThat(fixture.messages(app, 2)).containsExactly("1:");
    assertThat(fixture.messagesCount(app, 2)).isEqualTo(1);
    assertThat(lost("chats", app)).isEqualTo(1);
    assertThat(fixture.deadLetters(app)).isEmpty();
    assertThat(fixture.redis.opsForHash().get(keys.state(), PartitionKeys.EPOCH)).isEqualTo("1");
  }

  @Test
  void changesThatAreLostAreVoid() {
    String app = fixture.app();
    PartitionKeys keys = fixture.keys(app);
    String counter = keys.messages(new ChatName(new AppToken(app), 1));
    MessageChange edit = MessageChange.Edit.all("edited", null);
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "kept"),
        fixture.changeJob(app, 1, 1, 1, edit),
        fixture.changeJob(app, 1, 1, 2, edit));
    fixture.awaitDrained(app);
    fixture.count(keys.chats(new AppToken(app)), 1);
    fixture.count(counter, 1);
    fixture.countChanges(counter, 4);
    fixture
        .mysql
        .sql("DELETE FROM changes WHERE app_id = ? AND number > 1")
        .param(fixture.id(app))
        .update();
    fixture
        .mysql
        .sql("UPDATE chats SET changes_count = 1 WHERE app_id = ?")
        .param(fixture.id(app))
        .update();
    setBack(app, keys);

    // Number 3 is not in Redis either; 4 waits, and is persisted.
    fixture.queue(app, fixture.changeJob(app, 1, 1, 4, new MessageChange.Deletion()));
    fixture.awaitDrained(app);

    assertThat(fixture.changes(app, 1))
        .containsExactly(
            "1:1:edit:applied:null",
            "2:null:null:lost:null",
            "3:null:null:lost:null",
            "4:1:delete:applied:null");
    assertThat(
            fixture
                .mysql
                .sql("SELECT changes_count FROM chats WHERE app_id = ?")
                .param(fixture.id(app))
                .query(Long.class)
                .single())
        .isEqualTo(4);
    assertThat(fixture.deadLetters(app)).isEmpty();
  }

  /** Nothing is written to the partition, so no batch shows that MySQL was set back. */
  @Test
  void whatAnIdlePartitionHasLostIsVoidSoon() {
    String app = fixture.app();
    AppToken token = new AppToken(app);
    PartitionKeys keys = fixture.keys(app);
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "kept"),
        fixture.messageJob(app, 1, 2, "lost"));
    fixture.awaitDrained(app);
    fixture.count(keys.chats(token), 1);
    fixture.count(keys.messages(new ChatName(token, 1)), 2);

    setBack(app, keys);

    WorkerFixture.await(() -> fixture.messagesCount(app, 1) == 2);
    assertThat(fixture.messages(app, 1)).containsExactly("1:kept", "2:");
  }

  /** Somebody wrote to the counters: most of the numbers up to them were never given out. */
  @Test
  void countersThatAreFarTooHighAreNotFilled() {
    String app = fixture.app();
    AppToken token = new AppToken(app);
    PartitionKeys keys = fixture.keys(app);
    fixture.queue(
        app,
        fixture.chatJob(app, 1),
        fixture.messageJob(app, 1, 1, "kept"),
        fixture.messageJob(app, 1, 2, "lost"));
    fixture.awaitDrained(app);
    fixture.count(keys.chats(token), 999_999_999_999_999L);
    fixture.count(keys.messages(new ChatName(token, 1)), 999_999_999_999_999L);
    setBack(app, keys);

    fixture.queue(app, fixture.messageJob(app, 1, 3, "queued"));
    fixture.awaitDrained(app);

    assertThat(fixture.messages(app, 1)).startsWith("1:kept", "2:", "3:queued");
    assertThat(fixture.messagesCount(app, 1)).isLessThan(10_000);
    assertThat(fixture.chatsCount(app)).isLessThan(10_000);
  }

  /** Chat 1 and its first message are in the backup. */
  private static void setBack(String app, PartitionKeys keys) {
    long id = fixture.id(app);
    fixture
        .mysql
        .sql("DELETE FROM messages WHERE app_id = ? AND NOT (chat_number = 1 AND number = 1)")
        .param(id)
        .update();
    fixture.mysql.sql("DELETE FROM chats WHERE app_id = ? AND number > 1").param(id).update();
    fixture.mysql.sql("UPDATE apps SET chats_count = 1 WHERE id = ?").param(id).update();
    fixture
        .mysql
        .sql("UPDATE chats SET messages_count = 1 WHERE app_id = ? AND number = 1")
        .param(id)
        .update();
    fixture
        .mysql
        .sql("UPDATE partition_positions SET persisted = 2, seen = 2 WHERE partition_number = ?")
        .param(keys.partition())
        .update();
  }

  private static long lost(String table, String app) {
    return fixture
        .mysql
        .sql("SELECT COUNT(*) FROM %s WHERE app_id = ? AND lost_at IS NOT NULL".formatted(table))
        .param(fixture.id(app))
        .query(Long.class)
        .single();
  }
}

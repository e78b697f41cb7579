package dev.tally.worker.erase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.queue.MessageContent;
import dev.tally.worker.WorkerFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one author wrote is deleted by numbered changes, in all chats of the app. */
class ErasedAuthorIT {

  private EraseFixture fixture;
  private String app;

  @BeforeEach
  void start() {
    fixture = new EraseFixture();
    app = fixture.app();
    fixture.worker.queue(
        app,
        message(1, 3, "ada", "three"),
        message(1, 4, "ada ", "four"),
        message(1, 5, "Ada", "five"),
        message(2, 3, "ada", "three"),
        message(2, 4, "bob", "four"));
    fixture.worker.awaitDrained(app);
    fixture.worker.count(fixture.counter(app, 1), 5);
    fixture.worker.count(fixture.counter(app, 2), 4);
    fixture.worker.redis.delete(fixture.keys(app).dead());
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void eachMessageOfTheAuthorIsDeletedAndNoOther() {
    fixture.request(app, 0, "ada");

    fixture.turn();
    fixture.worker.awaitDrained(app);

    assertThat(fixture.count("erasures")).isZero();
    assertThat(fixture.worker.messages(app, 1))
        .containsExactly("1:secret edit", "2:secret two", "3:", "4:four", "5:five");
    assertThat(fixture.worker.messages(app, 2))
        .containsExactly("1:kept one", "2:kept two", "3:", "4:four");
    assertThat(fixture.worker.changes(app, 1))
        .containsExactly("1:1:edit:applied:secret one", "2:3:delete:applied:null");
    assertThat(fixture.worker.changes(app, 2)).containsExactly("1:3:delete:applied:null");
    fixture.awaitIndexed();
    assertThat(fixture.findings()).isEmpty();
  }

  /** A worker that dies before it has recorded the place queues deletions twice. */
  @Test
  void whatIsQueuedTwiceIsDeletedOnce() {
    fixture.holdDrain(app);
    fixture.request(app, 0, "ada");
    fixture.turn();
    fixture.request(app, 0, "ada");
    fixture.turn();
    fixture.giveBack(app);
    fixture.worker.awaitDrained(app);

    assertThat(fixture.count("chats WHERE deleted_count = 1")).isEqualTo(2);
    assertThat(fixture.worker.changes(app, 2))
        .containsExactly("1:3:delete:applied:null", "2:3:delete:none:null");
    assertThat(fixture.count("erasures")).isZero();
    fixture.awaitIndexed();
    assertThat(fixture.findings()).isEmpty();
  }

  @Test
  void deletedChatsAndLaterMessagesAreLeftAlone() {
    fixture.request(app, 0, "ada");
    fixture
        .worker
        .mysql
        .sql("UPDATE erasures SET requested_at = requested_at - INTERVAL 1 HOUR")
        .update();
    fixture
        .worker
        .mysql
        .sql(
            "UPDATE messages SET created_at = created_at - INTERVAL 2 HOUR"
                + " WHERE chat_number = 2")
        .update();
    fixture
        .worker
        .mysql
        .sql("UPDATE chats SET deleted_at = UTC_TIMESTAMP(6) WHERE number = 2")
        .update();

    fixture.turn();
    fixture.worker.awaitDrained(app);

    assertThat(fixture.count("erasures")).isZero();
    assertThat(fixture.worker.changes(app, 2)).isEmpty();
    assertThat(fixture.worker.changes(app, 1)).hasSize(1);
  }

  /** More than one step, with the place in between. */
  @Test
  void aThousandAreQueuedAtATime() {
    fixture.addMessages(app, 6, 1_500);
    fixture
        .worker
        .mysql
        .sql("UPDATE messages SET author = 'ada' WHERE chat_number = 1 AND number > 5")
        .update();
    fixture.request(app, 0, "ada");

    fixture.turn();
    assertThat(fixture.count("erasures WHERE seen_chat = 1 AND seen_message = 1004")).isEqualTo(1);
    WorkerFixture.await(
        () -> {
          fixture.turn();
          return fixture.count("erasures") == 0;
        });
    fixture.worker.awaitDrained(app);

    assertThat(fixture.count("chats WHERE number = 1 AND deleted_count = 1496")).isEqualTo(1);
    assertThat(fixture.count("changes WHERE effect = 'none'")).isZero();
  }

  private String message(long chat, long number, String author, String body) {
    return fixture.worker.messageJob(
        app, chat, number, new MessageContent(body, author, null, null));
  }
}

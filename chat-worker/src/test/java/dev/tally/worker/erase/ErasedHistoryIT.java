package dev.tally.worker.erase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.queue.MessageChange;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a deleted message has said: the drain blanks the latest, and the eraser the others. */
class ErasedHistoryIT {

  private static final String LEFT = "changes WHERE message_number = 2 AND body IS NOT NULL";

  private EraseFixture fixture;
  private String app;

  @BeforeEach
  void start() {
    fixture = new EraseFixture();
    app = fixture.app();
    // Letters of messages that there never were would be findings.
    fixture.worker.redis.delete(fixture.keys(app).dead());
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  /** Edits message 2 of chat 1 so many times, and deletes it. */
  private void editAndDelete(int edits) {
    List<String> jobs = new ArrayList<>();
    for (int i = 1; i <= edits; i++) {
      MessageChange edit = MessageChange.Edit.all("secret " + i, "{\"draft\":%d}".formatted(i));
      jobs.add(fixture.worker.changeJob(app, 1, 2, 1 + i, edit));
    }
    jobs.add(fixture.worker.changeJob(app, 1, 2, 2 + edits, new MessageChange.Deletion()));
    fixture.worker.queue(app, jobs.toArray(String[]::new));
    fixture.worker.awaitDrained(app);
    fixture.worker.countChanges(fixture.counter(app, 1), 2 + edits);
    fixture.awaitIndexed();
  }

  @Test
  void aShortHistoryIsBlankWithTheDeletion() {
    editAndDelete(19);

    assertThat(fixture.count(LEFT)).isZero();
    assertThat(fixture.count("erasures")).isZero();
    assertThat(fixture.findings()).isEmpty();
  }

  @Test
  void theRestOfALongHistoryIsBlankedLater() {
    editAndDelete(30);

    assertThat(fixture.count(LEFT)).isEqualTo(11);
    assertThat(fixture.count("erasures WHERE chat_number = 1 AND message_number = 2")).isEqualTo(1);
    assertThat(fixture.findings()).isEmpty();

    fixture.turn();

    assertThat(fixture.count(LEFT)).isZero();
    assertThat(fixture.count("changes WHERE metadata IS NOT NULL")).isZero();
    assertThat(fixture.count("erasures")).isZero();
    assertThat(fixture.worker.changes(app, 1))
        .hasSize(32)
        .startsWith("1:1:edit:applied:secret one", "2:2:edit:applied:null");
    assertThat(fixture.findings()).isEmpty();
  }

  /** The changes of two messages alternate. */
  @Test
  void aStepBlanksAThousandOfTheMessageAlone() {
    editAndDelete(30);
    fixture
        .worker
        .mysql
        .sql(
            """
            INSERT INTO changes (app_id, chat_number, number, message_number, kind, effect, body,
                                 fingerprint, created_at)
            SELECT ?, 1, place, 1 + place % 2, 'edit', 'applied', 'secret', REPEAT('x', 16),
                   UTC_TIMESTAMP(6)
            FROM JSON_TABLE(?, '$[*]' COLUMNS (place BIGINT PATH '$')) AS places""")
        .params(appId(), IntStream.rangeClosed(33, 3_032).boxed().toList().toString())
        .update();

    fixture.turn();
    // Of message 2, changes 2 to 32 and 969 of those with odd numbers from 33.
    assertThat(fixture.count("erasures WHERE seen_change = 1969")).isEqualTo(1);
    assertThat(fixture.count(LEFT)).isEqualTo(1_500 - 969);

    fixture.turn();
    assertThat(fixture.count(LEFT)).isZero();
    assertThat(fixture.count("changes WHERE message_number = 1 AND body = 'secret'"))
        .isEqualTo(1_500);
    assertThat(fixture.count("erasures")).isZero();
  }

  @Test
  void aHistoryGoesWithItsChat() {
    editAndDelete(30);
    fixture.deleteChat(app, 1);

    fixture.eraseOnce();

    assertThat(fixture.rows("changes", app, 1)).isZero();
    assertThat(fixture.count("erasures WHERE message_number <> 0")).isZero();
    fixture.settle();
    fixture.turn();
    assertThat(fixture.count("erasures")).isZero();
    assertThat(fixture.findings()).isEmpty();
  }

  /** Whatever a row asks for, only deleted messages lose their history. */
  @Test
  void theHistoryOfAMessageThatIsThereStays() {
    fixture
        .worker
        .mysql
        .sql(
            "INSERT INTO erasures (app_id, chat_number, message_number, author, requested_at)"
                + " VALUES (?, 1, 1, '', UTC_TIMESTAMP(6))")
        .params(appId())
        .update();

    fixture.turn();

    assertThat(fixture.worker.changes(app, 1)).containsExactly("1:1:edit:applied:secret one");
    assertThat(fixture.count("erasures")).isZero();
  }

  private long appId() {
    return fixture.worker.id(app);
  }
}

package dev.tally.worker.drain.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Edits and deletions: each has a row, and the message says what the last one wanted. */
class ChangesIT extends ChangesFixture {

  @Test
  void theLastChangeWinsAndAllAreKept() {
    drain(chat, message(1, "a"), message(2, "x"));

    drain(change(1, 1, edit("b")), change(2, 1, edit("c")), change(3, 2, DELETION));

    assertThat(messages()).containsExactly("1:c:2:edited", "2::3:deleted");
    assertThat(changes())
        .containsExactly("1:1:edit:applied:a", "2:1:edit:applied:b", "3:2:delete:applied:null");
    assertThat(counts()).isEqualTo("2 messages, 3 changes, 0 pending, 1 deleted");
    assertThat(fixture.deadLetters(app)).isEmpty();
  }

  @Test
  void aMessageAndItsChangesMayComeTogether() {
    drain(chat, message(1, "a"), change(1, 1, edit("b")), message(2, "x"), change(2, 2, DELETION));

    assertThat(messages()).containsExactly("1:b:1:edited", "2::2:deleted");
    assertThat(changes()).containsExactly("1:1:edit:applied:a", "2:2:delete:applied:null");
    assertThat(counts()).isEqualTo("2 messages, 2 changes, 0 pending, 1 deleted");
  }

  @Test
  void whateverIsDeliveredAgainChangesNothing() {
    String[] jobs = {
      chat,
      message(1, "a"),
      message(2, "x"),
      message(3, "plain"),
      change(1, 1, edit("b")),
      change(2, 2, DELETION),
      change(3, 1, edit("c"))
    };
    drain(jobs);
    List<String> messages = messages();
    List<String> changes = changes();

    drain(jobs);
    // Together with what has no row yet, nobody takes the count for the highest number.
    List<String> reversed = Arrays.asList(jobs.clone());
    Collections.reverse(reversed);
    drain(reversed.toArray(String[]::new));

    assertThat(messages()).isEqualTo(messages);
    assertThat(changes()).isEqualTo(changes);
    assertThat(counts()).isEqualTo("3 messages, 3 changes, 0 pending, 1 deleted");
    assertThat(fixture.deadLetters(app)).isEmpty();
  }

  @Test
  void anotherMessageWithTheNumberOfAChangedOneIsRejected() {
    drain(chat, message(1, "a"), change(1, 1, edit("b")));

    drain(message(1, "b"), message(1, "other"));

    assertThat(messages()).containsExactly("1:b:1:edited");
    assertThat(fixture.deadLetters(app))
        .hasSize(2)
        .allSatisfy(letter -> assertThat(letter).contains("number-taken"));
  }

  @Test
  void anotherChangeWithTheSameNumberIsRejected() {
    String counter = fixture.keys(app).messages(new ChatName(new AppToken(app), 1));
    fixture.count(counter, 2);
    fixture.countChanges(counter, 1);
    drain(chat, message(1, "a"), message(2, "x"), change(1, 1, edit("b")));

    drain(
        change(1, 2, edit("b")),
        change(1, 1, edit("c")),
        change(1, 1, new MessageChange.Edit("b", false, null)),
        change(1, 1, edit("b"), "ann", null),
        change(1, 1, edit("b"), null, 0L),
        change(1, 1, DELETION));

    assertThat(messages()).containsExactly("1:b:1:edited", "2:x:null:");
    assertThat(fixture.deadLetters(app))
        .hasSize(6)
        .allSatisfy(letter -> assertThat(letter).contains("number-taken"));
    assertThat(counts()).isEqualTo("2 messages, 1 changes, 0 pending, 0 deleted");
    // The gateway must recover it, and the message's counter was right.
    assertThat(fixture.redis.opsForHash().entries(counter))
        .isEqualTo(Map.of(PartitionKeys.NUMBERS, "2"));
  }

  @Test
  void aChangeThatExpectsAnotherRevisionIsKeptWithoutEffect() {
    drain(chat, message(1, "a"));

    drain(
        change(1, 1, edit("b"), null, 0L),
        change(2, 1, edit("c"), null, 0L),
        change(3, 1, DELETION, null, 2L),
        change(4, 1, edit("d"), null, 1L));

    assertThat(messages()).containsExactly("1:d:4:edited");
    assertThat(changes())
        .containsExactly(
            "1:1:edit:applied:a",
            "2:1:edit:conflict:null",
            "3:1:delete:conflict:null",
            "4:1:edit:applied:b");
  }

  @Test
  void aDeletionIsFinalAndTakesTheHistoryWithIt() {
    MessageContent content = new MessageContent("a", "ann", "{\"x\":1}", null);
    drain(chat, fixture.messageJob(app, 1, 1, content), change(1, 1, edit("b")));
    assertThat(changes()).containsExactly("1:1:edit:applied:a");

    drain(change(2, 1, DELETION), change(3, 1, edit("c")), change(4, 1, DELETION));

    assertThat(messages()).containsExactly("1::2:deleted");
    assertThat(changes())
        .containsExactly(
            "1:1:edit:applied:null",
            "2:1:delete:applied:null",
            "3:1:edit:none:null",
            "4:1:delete:none:null");
    assertThat(counts()).isEqualTo("1 messages, 4 changes, 0 pending, 1 deleted");
    assertThat(
            fixture
                .mysql
                .sql(
                    """
                    SELECT COUNT(*) FROM messages m
                    LEFT JOIN changes h ON h.app_id = m.app_id AND h.metadata IS NOT NULL
                    WHERE m.app_id = ? AND m.author = 'ann' AND m.metadata IS NULL
                      AND h.number IS NULL""")
                .param(fixture.id(app))
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void anEditKeepsWhatItDoesNotName() {
    MessageContent content = new MessageContent("a", "ann", "{\"x\":1}", 1L);
    drain(chat, message(1, "first"), fixture.messageJob(app, 1, 2, content));

    drain(change(1, 2, new MessageChange.Edit("b", false, null)));
    assertThat(second()).isEqualTo("b ann {\"x\":1} 1");
    drain(change(2, 2, new MessageChange.Edit(null, true, "{\"x\":2}")));
    assertThat(second()).isEqualTo("b ann {\"x\":2} 1");
    drain(change(3, 2, edit("c")));
    assertThat(second()).isEqualTo("c ann null 1");
  }

  /**
   * Left to itself, the optimizer takes the primary key, and reads what comes after the message.
   */
  @Test
  void aDeletionReadsNoMoreChangesThanItBlanks() {
    drain(chat);
    fixture
        .mysql
        .sql(
            """
            INSERT INTO changes (app_id, chat_number, number, message_number, effect, fingerprint,
                                 created_at)
            SELECT ?, 1, place, IF(place > 1500, 2, 1), 'applied', REPEAT('x', 16),
                   UTC_TIMESTAMP(6)
            FROM JSON_TABLE(?, '$[*]' COLUMNS (place BIGINT PATH '$')) AS places""")
        .params(fixture.id(app), LongStream.rangeClosed(1, 2_000).boxed().toList().toString())
        .update();

    String plan =
        fixture
            .mysql
            .sql("EXPLAIN FORMAT=TRADITIONAL " + ChangeRows.BLANK)
            .params(fixture.id(app), 1, 1)
            .query()
            .listOfRows()
            .toString();

    assertThat(plan).contains("key=changes_message").doesNotContain("filesort");
  }
}

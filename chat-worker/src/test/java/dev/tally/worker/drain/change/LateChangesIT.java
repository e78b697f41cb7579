package dev.tally.worker.drain.change;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Changes whose messages are not there yet, or not any more, and changes that come late. */
class LateChangesIT extends ChangesFixture {

  /** The message itself is a dead letter that somebody retries. */
  @Test
  void aChangeWaitsForItsMessage() {
    drain(chat, message(2, "x"), change(1, 1, edit("b")), change(2, 1, edit("c"), null, 7L));
    drain(change(3, 1, DELETION), change(4, 2, edit("y")));
    assertThat(changes())
        .containsExactly(
            "1:1:edit:pending:null",
            "2:1:edit:pending:null",
            "3:1:delete:pending:null",
            "4:2:edit:applied:x");
    assertThat(counts()).isEqualTo("1 messages, 4 changes, 3 pending, 0 deleted");

    drain(message(1, "a"), change(5, 1, edit("d")));

    assertThat(messages()).containsExactly("1::3:deleted", "2:y:4:edited");
    assertThat(changes())
        .containsExactly(
            "1:1:edit:applied:null",
            "2:1:edit:conflict:null",
            "3:1:delete:applied:null",
            "4:2:edit:applied:x",
            "5:1:edit:none:null");
    assertThat(counts()).isEqualTo("2 messages, 5 changes, 0 pending, 1 deleted");
    drain(message(1, "a"), change(1, 1, edit("b")));
    assertThat(fixture.deadLetters(app)).isEmpty();
  }

  /** The number was given out twice, or a dead letter was there twice. */
  @Test
  void aChangeIsAppliedOnceIfItsMessageComesTwiceAtOnce() {
    drain(chat, change(1, 1, edit("b")), change(2, 1, edit("c")));

    drain(message(1, "a"), message(1, "a"), message(1, "other"));

    assertThat(messages()).containsExactly("1:c:2:edited");
    assertThat(changes()).containsExactly("1:1:edit:applied:a", "2:1:edit:applied:b");
    assertThat(counts()).isEqualTo("1 messages, 2 changes, 0 pending, 0 deleted");
    assertThat(fixture.deadLetters(app)).singleElement().asString().contains("number-taken");
  }

  /** The change itself is a dead letter that somebody retries. */
  @Test
  void aChangeThatComesLateDoesNotOverrideALaterOne() {
    drain(chat, message(1, "a"), message(2, "x"), change(2, 1, edit("c")), change(4, 2, edit("y")));

    drain(change(1, 1, edit("b")), change(3, 2, DELETION));

    assertThat(messages()).containsExactly("1:c:2:edited", "2::4:deleted");
    assertThat(changes())
        .containsExactly(
            "1:1:edit:none:null",
            "2:1:edit:applied:a",
            "3:2:delete:applied:null",
            "4:2:edit:applied:null");
    assertThat(counts()).isEqualTo("2 messages, 4 changes, 0 pending, 1 deleted");
  }

  @Test
  void aChangeInAChatThatDoesNotExistIsADeadLetter() {
    drain(change(1, 1, edit("b")));

    assertThat(fixture.deadLetters(app)).singleElement().asString().contains("chat-missing");
    assertThat(changes()).isEmpty();
  }

  @Test
  void whatStandsInPlaceOfALostMessageIsNotChanged() {
    drain(chat, message(1, "a"));
    fixture
        .mysql
        .sql("UPDATE messages SET body = '', lost_at = created_at WHERE app_id = ?")
        .param(fixture.id(app))
        .update();

    drain(change(1, 1, edit("b")));

    assertThat(changes()).containsExactly("1:1:edit:none:null");
    assertThat(messages()).containsExactly("1::null:");
  }
}

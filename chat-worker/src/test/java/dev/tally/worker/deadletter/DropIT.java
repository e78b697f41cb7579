package dev.tally.worker.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.deadletter.DeadLetter.Reason;
import dev.tally.common.identity.AppToken;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.MessageChange;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DropIT {

  private static LettersFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new LettersFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void aMessageLeavesAVoidRow() {
    String app = fixture.app();
    fixture.messages(app, 1, 2);
    String id = fixture.letter(app, Reason.REFUSED, message(app, 1, 2));

    assertThat(fixture.drop(Selection.of(List.of(id)))).isEqualTo(new Result(1, 0));

    assertThat(fixture.output)
        .containsExactly(
            id + "  dropped: " + name(app) + " chat 1 message 2: a void row is in its place");
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one", "2:");
    assertThat(fixture.worker.messagesCount(app, 1)).isEqualTo(2);
    assertThat(fixture.lost("messages", app)).isEqualTo(1);
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
  }

  @Test
  void aChangeLeavesAVoidRow() {
    String app = fixture.app();
    fixture.worker.countChanges(fixture.counter(app, 1), 1);
    String id = fixture.letter(app, Reason.REFUSED, change(app, 1));

    assertThat(fixture.drop(Selection.of(List.of(id)))).isEqualTo(new Result(1, 0));

    assertThat(fixture.output)
        .containsExactly(
            id
                + "  dropped: "
                + name(app)
                + " chat 1 change 1 of message 1: a void row is in its place");
    assertThat(fixture.worker.changes(app, 1)).containsExactly("1:null:null:lost:null");
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one");
  }

  @Test
  void aChangeWhoseNumberIsStillToBeGivenOutLeavesNoRow() {
    String app = fixture.app();
    fixture.worker.countChanges(fixture.counter(app, 1), 1);
    String id = fixture.letter(app, Reason.SUPERSEDED, change(app, 2));

    fixture.drop(Selection.of(List.of(id)));

    assertThat(fixture.output).singleElement().asString().contains("a later write gets its number");
    assertThat(fixture.worker.changes(app, 1)).isEmpty();
  }

  @Test
  void aChangeThatWaitedForADroppedMessageHasNoEffect() {
    String app = fixture.app();
    fixture.messages(app, 1, 3);
    String edit = fixture.worker.changeJob(app, 1, 2, 1, MessageChange.Edit.all("later", null));
    String other = fixture.worker.changeJob(app, 1, 3, 2, MessageChange.Edit.all("later", null));
    fixture.worker.countChanges(fixture.counter(app, 1), 2);
    fixture.worker.queue(app, edit, other);
    fixture.worker.awaitDrained(app);
    assertThat(fixture.worker.changes(app, 1))
        .containsExactly("1:2:edit:pending:null", "2:3:edit:pending:null");
    fixture.letter(app, Reason.REFUSED, message(app, 1, 2));

    fixture.drop(Selection.ALL);

    assertThat(fixture.worker.changes(app, 1))
        .containsExactly("1:2:edit:none:null", "2:3:edit:pending:null");
    assertThat(fixture.pending(app)).isEqualTo(1);
  }

  @Test
  void aChatWhoseDeletionIsDroppedTakesWritesAgain() {
    String app = fixture.app();
    fixture.worker.countChanges(fixture.counter(app, 1), 1);
    fixture.mark(app, 1);
    fixture.letter(app, Reason.REFUSED, deletion(app, 1));

    assertThat(fixture.drop(Selection.ALL)).isEqualTo(new Result(1, 0));

    assertThat(fixture.mark(app)).isNull();
    assertThat(fixture.output).anyMatch(line -> line.endsWith(": the chat takes writes again"));
    assertThat(fixture.worker.changes(app, 1)).hasSize(1);
  }

  @Test
  void theMarkOfAnotherDeletionStays() {
    String app = fixture.app();
    fixture.worker.countChanges(fixture.counter(app, 1), 2);
    fixture.mark(app, 2);
    fixture.letter(app, Reason.NUMBER_TAKEN, deletion(app, 1));

    fixture.drop(Selection.ALL);

    assertThat(fixture.mark(app)).isEqualTo("2");
    assertThat(fixture.output).noneMatch(line -> line.contains("takes writes again"));
  }

  /** Redis lost the deletion with its mark, and gave its number to another one. */
  @Test
  void theMarkOfADeletionThatGotTheNumberStays() {
    String app = fixture.app();
    fixture.worker.countChanges(fixture.counter(app, 1), 1);
    fixture.mark(app, 1);
    fixture.letter(app, Reason.SUPERSEDED, deletion(app, 1));

    fixture.drop(Selection.ALL);

    assertThat(fixture.mark(app)).isEqualTo("1");
  }

  @Test
  void aChatThatMySqlHasDeletedStaysDeleted() {
    String app = fixture.app();
    fixture.worker.countChanges(fixture.counter(app, 1), 1);
    fixture.mark(app, 1);
    fixture
        .worker
        .mysql
        .sql("UPDATE chats SET deleted_at = UTC_TIMESTAMP(6) WHERE app_id = ?")
        .param(fixture.worker.id(app))
        .update();
    fixture.letter(app, Reason.NUMBER_TAKEN, deletion(app, 1));

    fixture.drop(Selection.ALL);

    assertThat(fixture.mark(app)).isEqualTo("1");
  }

  /** The process ended between the row and the removal. */
  @Test
  void aRepetitionLeavesNoSecondRow() {
    String app = fixture.app();
    fixture.messages(app, 1, 2);
    fixture.letter(app, Reason.REFUSED, message(app, 1, 2));
    String raw = fixture.worker.deadLetters(app).getFirst();
    fixture.drop(Selection.ALL);
    fixture.worker.redis.opsForList().rightPush(fixture.keys(app).dead(), raw);

    assertThat(fixture.drop(Selection.ALL)).isEqualTo(new Result(1, 0));

    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one", "2:");
    assertThat(fixture.worker.messagesCount(app, 1)).isEqualTo(2);
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
  }

  @Test
  void aNumberThatAnotherRowHasIsLeftAlone() {
    String app = fixture.app();
    String id = fixture.letter(app, Reason.NUMBER_TAKEN, message(app, 1, 1));

    fixture.drop(Selection.of(List.of(id)));

    assertThat(fixture.output).singleElement().asString().contains("another write has its number");
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one");
    assertThat(fixture.worker.messagesCount(app, 1)).isEqualTo(1);
  }

  @Test
  void aNumberThatAWaitingJobHasIsLeftAlone() {
    String app = fixture.app();
    fixture.messages(app, 1, 2);
    String id = fixture.letter(app, Reason.SUPERSEDED, message(app, 1, 2));
    // The app is not in the ring, so its job waits.
    String jobs = fixture.keys(app).jobs(new AppToken(app));
    fixture.worker.redis.opsForList().rightPush(jobs, message(app, 1, 2));

    fixture.drop(Selection.of(List.of(id)));

    fixture.worker.redis.delete(jobs);
    assertThat(fixture.output).singleElement().asString().contains("another write has its number");
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one");
  }

  @Test
  void aNumberThatIsStillToBeGivenOutIsLeftAlone() {
    String app = fixture.app();
    String id = fixture.letter(app, Reason.SUPERSEDED, message(app, 1, 2));

    fixture.drop(Selection.of(List.of(id)));

    assertThat(fixture.output).singleElement().asString().contains("a later write gets its number");
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one");
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
  }

  /** It becomes the highest one, whatever the counter says then. */
  @Test
  void aNumberWhoseCounterIsUnknownGetsAVoidRow() {
    String app = fixture.app();
    fixture.worker.redis.delete(fixture.counter(app, 1));
    fixture.letter(app, Reason.SUPERSEDED, message(app, 1, 2));

    fixture.drop(Selection.ALL);

    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one", "2:");
  }

  @Test
  void aMessageWaitsForTheDeadLetterOfItsChat() {
    String app = fixture.app();
    fixture.chats(app, 2);
    fixture.messages(app, 2, 1);
    String message = fixture.letter(app, Reason.CHAT_MISSING, message(app, 2, 1));
    String chat = fixture.letter(app, Reason.REFUSED, fixture.worker.chatJob(app, 2));

    assertThat(fixture.drop(Selection.of(List.of(message)))).isEqualTo(new Result(0, 1));
    assertThat(fixture.output)
        .singleElement()
        .asString()
        .startsWith(message + "  kept: ")
        .contains("its chat is the dead letter " + chat);
    assertThat(fixture.worker.deadLetters(app)).hasSize(2);

    assertThat(fixture.drop(Selection.of(List.of(message, chat)))).isEqualTo(new Result(2, 0));
    assertThat(fixture.lost("chats", app)).isEqualTo(1);
    assertThat(fixture.worker.chatsCount(app)).isEqualTo(2);
    assertThat(fixture.worker.messages(app, 2)).containsExactly("1:");
    assertThat(fixture.worker.messagesCount(app, 2)).isEqualTo(1);
  }

  @Test
  void withoutAParentNoRowIsLeft() {
    String app = fixture.app();
    String unknown = "f".repeat(32);
    fixture.letter(app, Reason.APP_MISSING, fixture.worker.chatJob(unknown, 1));
    fixture.letter(app, Reason.CHAT_MISSING, message(app, 7, 1));
    fixture.letter(app, Reason.UNDECODABLE, "no job");

    assertThat(fixture.drop(Selection.ALL)).isEqualTo(new Result(3, 0));

    assertThat(fixture.output)
        .anyMatch(line -> line.endsWith("its app does not exist, so no row is in its place"))
        .anyMatch(line -> line.endsWith("its chat does not exist, so no row is in its place"))
        .anyMatch(line -> line.endsWith("its job cannot be decoded, so no row is in its place"))
        .noneMatch(line -> line.contains(app) || line.contains(unknown));
    assertThat(fixture.worker.chatsCount(app)).isEqualTo(1);
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
  }

  private static String message(String app, long chat, long number) {
    return fixture.worker.messageJob(app, chat, number, "rejected");
  }

  private static String change(String app, long number) {
    return fixture.worker.changeJob(app, 1, 1, number, new MessageChange.Deletion());
  }

  private static String deletion(String app, long number) {
    return fixture.worker.changeJob(app, 1, number, new ChatChange.Deletion(), null);
  }

  private static String name(String app) {
    return "app " + app.substring(0, 8) + "…";
  }
}

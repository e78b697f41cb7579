package dev.tally.worker.drain.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.queue.ChatChange;
import dev.tally.common.queue.ChatContent;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.SmartLifecycle;

/** Edits and deletions of chats, which are numbered with the changes of their messages. */
class ChatChangesIT extends ChangesFixture {

  private static final ChatChange GONE = new ChatChange.Deletion();

  /** What is deleted is to be seen as the drain has left it. */
  @BeforeAll
  static void stopErasing() {
    fixture.worker.getBean("eraser", SmartLifecycle.class).stop();
  }

  @BeforeEach
  void newNamedChat() {
    chat = fixture.chatJob(app, 1, new ChatContent("Den", "{\"x\":1}"));
  }

  private static ChatChange name(@Nullable String name) {
    return new ChatChange.Edit(true, name, false, null);
  }

  private String changeOfChat(long number, ChatChange change) {
    return changeOfChat(number, change, null);
  }

  private String changeOfChat(long number, ChatChange change, @Nullable Long expected) {
    return fixture.changeJob(app, 1, number, change, expected);
  }

  private String chatRow() {
    return rows("""
            SELECT CONCAT_WS(':', COALESCE(name, 'null'), COALESCE(metadata, 'null'),
                             COALESCE(revision, 'null'),
                             IF(deleted_at IS NOT NULL, 'deleted',
                                IF(edited_at IS NOT NULL, 'edited', '')))
            FROM chats WHERE app_id = ?""")
        .getFirst();
  }

  private List<String> history() {
    return rows(
        """
        SELECT CONCAT_WS(':', number, COALESCE(message_number, 'null'), kind, effect,
                         COALESCE(author, 'null'), COALESCE(body, 'null'),
                         COALESCE(metadata, 'null'))
        FROM changes WHERE app_id = ? ORDER BY number""");
  }

  private List<String> erasures() {
    return rows(
        "SELECT CONCAT(chat_number, ':', author) FROM erasures WHERE app_id = ? ORDER BY 1");
  }

  private static double late() {
    return fixture.worker.getBean(MeterRegistry.class).get("tally.late.jobs").counter().count();
  }

  @Test
  void theLastEditWinsAndAllAreKeptAmongTheChangesOfMessages() {
    drain(chat, message(1, "a"));

    drain(
        changeOfChat(1, name("Hall")),
        change(2, 1, edit("b")),
        changeOfChat(3, new ChatChange.Edit(false, null, true, null)),
        changeOfChat(4, name(null)),
        changeOfChat(5, name("Attic"), 3L));

    assertThat(chatRow()).isEqualTo("null:null:4:edited");
    assertThat(history())
        .containsExactly(
            "1:null:edit:applied:ann:Den:{\"x\":1}",
            "2:1:edit:applied:null:a:null",
            "3:null:edit:applied:ann:Hall:{\"x\":1}",
            "4:null:edit:applied:ann:Hall:null",
            "5:null:edit:conflict:ann:null:null");
    assertThat(counts()).isEqualTo("1 messages, 5 changes, 0 pending, 0 deleted");
  }

  @Test
  void whateverIsDeliveredAgainChangesNothing() {
    String[] jobs = {
      chat, message(1, "a"), changeOfChat(1, name("Hall")), changeOfChat(2, name("X"))
    };
    drain(jobs);

    drain(jobs);
    drain(jobs[2], jobs[0], jobs[3], jobs[1]);

    assertThat(chatRow()).isEqualTo("X:{\"x\":1}:2:edited");
    assertThat(history()).hasSize(2);
    assertThat(counts()).isEqualTo("1 messages, 2 changes, 0 pending, 0 deleted");
    assertThat(fixture.deadLetters(app)).isEmpty();
  }

  @Test
  void anotherChatWithTheNumberOfAnEditedOneIsRejected() {
    drain(chat, changeOfChat(1, name("Hall")));

    drain(fixture.chatJob(app, 1, new ChatContent("Hall", "{\"x\":1}")));

    assertThat(fixture.deadLetters(app)).singleElement().asString().contains("number-taken");
  }

  @Test
  void aDeletedChatKeepsItsCountsAndIsToBeErased() {
    drain(chat, message(1, "a"), message(2, "b"), change(1, 2, DELETION));

    drain(changeOfChat(2, GONE));

    assertThat(chatRow()).isEqualTo("null:null:2:deleted");
    assertThat(counts()).isEqualTo("2 messages, 2 changes, 0 pending, 1 deleted");
    assertThat(erasures()).containsExactly("1:");
  }

  @Test
  void aChatMayBeMadeAndDeletedInOneBatch() {
    drain(chat, message(1, "a"), changeOfChat(1, name("Hall")), changeOfChat(2, GONE));

    assertThat(chatRow()).isEqualTo("null:null:2:deleted");
    assertThat(erasures()).containsExactly("1:");
  }

  /** A message that was not persisted before its chat was deleted is nothing that can be read. */
  @Test
  void jobsOfADeletedChatAreCountedAndNeverSetAside() {
    String[] jobs = {chat, message(1, "a"), changeOfChat(1, GONE)};
    drain(jobs);
    fixture.mysql.sql("DELETE FROM messages WHERE app_id = ?").param(fixture.id(app)).update();
    double before = late();

    drain(jobs);
    drain(message(2, "late"), change(2, 1, edit("late")), changeOfChat(3, name("late")));

    assertThat(late() - before).isEqualTo(5);
    assertThat(messages()).isEmpty();
    assertThat(counts()).isEqualTo("1 messages, 1 changes, 0 pending, 0 deleted");
    assertThat(fixture.deadLetters(app)).isEmpty();
  }

  /** They can come when Redis was set back, and have no effect on a chat that is gone. */
  @Test
  void changesBehindADeletionInOneBatchAddNothing() {
    drain(
        chat,
        message(1, "a"),
        changeOfChat(1, GONE),
        change(2, 1, edit("b")),
        changeOfChat(3, GONE));

    assertThat(counts()).isEqualTo("1 messages, 1 changes, 0 pending, 0 deleted");
    assertThat(messages()).containsExactly("1:a:null:");
  }

  /** Otherwise its writers could go on. */
  @Test
  void aCounterThatIsRaisedIsStillThatOfADeletedChat() {
    String counter = fixture.keys(app).messages(new ChatName(new AppToken(app), 1));
    drain(chat, message(1, "a"), message(2, "b"));
    fixture.redis.opsForHash().putAll(counter, Map.of("numbers", "1", "deleted", "1"));

    drain(message(2, "other"));

    assertThat(fixture.redis.opsForHash().entries(counter))
        .isEqualTo(Map.of("numbers", "2", "deleted", "1"));
  }
}

package dev.tally.worker.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.common.deadletter.DeadLetter.Reason;
import dev.tally.common.identity.AppToken;
import dev.tally.common.identity.ChatName;
import dev.tally.common.partition.PartitionKeys;
import dev.tally.common.queue.ChatContent;
import dev.tally.common.queue.MessageChange;
import dev.tally.common.queue.MessageContent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ResubmissionIT {

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
  void aMessageGetsANewNumber() {
    String app = fixture.app();
    String id = fixture.letter(app, Reason.NUMBER_TAKEN, message(app, 1, 1, "other"));

    assertThat(fixture.resubmit(Selection.of(List.of(id)))).isEqualTo(new Result(1, 0));

    assertThat(fixture.output)
        .containsExactly(id + "  " + name(app) + " chat 1 message 1 → chat 1 message 2");
    fixture.worker.awaitDrained(app);
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one", "2:other");
    assertThat(fixture.worker.messagesCount(app, 1)).isEqualTo(2);
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
  }

  /** Nobody knows what the message says by now. */
  @Test
  void aChangeIsKept() {
    String app = fixture.app();
    String id =
        fixture.letter(
            app,
            Reason.NUMBER_TAKEN,
            fixture.worker.changeJob(app, 1, 1, 1, MessageChange.Edit.all("other", null)));

    assertThat(fixture.resubmit(Selection.of(List.of(id)))).isEqualTo(new Result(0, 1));

    assertThat(fixture.output).singleElement().asString().contains("drop it, and send it again");
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one");
    fixture.drop(Selection.of(List.of(id)));
  }

  /** The process ended before the dead letter was removed. */
  @Test
  void aRepetitionAcceptsNothingTwice() {
    String app = fixture.app();
    fixture.letter(app, Reason.NUMBER_TAKEN, message(app, 1, 1, "other"));
    String raw = fixture.worker.deadLetters(app).getFirst();
    fixture.resubmit(Selection.ALL);
    List<String> first = List.copyOf(fixture.output);
    fixture.worker.redis.opsForList().rightPush(fixture.keys(app).dead(), raw);

    assertThat(fixture.resubmit(Selection.ALL)).isEqualTo(new Result(1, 0));

    assertThat(fixture.output).isEqualTo(first);
    fixture.worker.awaitDrained(app);
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one", "2:other");
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
  }

  /** Nobody else has its old number. */
  @Test
  void theOldNumberHasAVoidRow() {
    String app = fixture.app();
    fixture.messages(app, 1, 2);
    fixture.letter(app, Reason.SUPERSEDED, message(app, 1, 2, "other"));

    fixture.resubmit(Selection.ALL);

    assertThat(fixture.output)
        .singleElement()
        .asString()
        .endsWith("chat 1 message 2 → chat 1 message 3; a void row is in its old place");
    fixture.worker.awaitDrained(app);
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one", "2:", "3:other");
    assertThat(fixture.worker.messagesCount(app, 1)).isEqualTo(3);
  }

  @Test
  void aCounterOfAnOlderEpochIsRecovered() {
    String app = fixture.app();
    fixture
        .worker
        .mysql
        .sql("UPDATE partition_positions SET epoch = 5 WHERE partition_number = ?")
        .param(fixture.keys(app).partition())
        .update();
    fixture.worker.redis.opsForHash().put(fixture.keys(app).state(), PartitionKeys.EPOCH, "5");
    fixture.letter(app, Reason.NUMBER_TAKEN, message(app, 1, 1, "other"));

    assertThat(fixture.resubmit(Selection.ALL)).isEqualTo(new Result(1, 0));

    assertThat(fixture.worker.redis.opsForHash().entries(fixture.counter(app, 1)))
        .containsEntry(PartitionKeys.NUMBERS, "2")
        .containsEntry(PartitionKeys.EPOCH, "5");
    fixture.worker.awaitDrained(app);
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one", "2:other");
  }

  /** The counter is unknown before the first of them, which gets the number of the second one. */
  @Test
  void aNumberThatThisCallHasGivenOutIsNotFilled() {
    String app = fixture.app();
    fixture.worker.redis.delete(fixture.counter(app, 1));
    fixture.letter(app, Reason.SUPERSEDED, message(app, 1, 2, "a"));
    fixture.letter(app, Reason.SUPERSEDED, message(app, 1, 3, "b"));
    // What is accepted waits until all is.
    fixture.worker.redis.opsForValue().set(fixture.keys(app).owner(), "nobody");

    assertThat(fixture.resubmit(Selection.ALL)).isEqualTo(new Result(2, 0));

    fixture.worker.redis.delete(fixture.keys(app).owner());
    fixture.worker.awaitDrained(app);
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one", "2:", "3:a", "4:b");
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
  }

  @Test
  void messagesFollowTheirChat() {
    String app = fixture.app();
    fixture.chats(app, 2);
    fixture.messages(app, 2, 2);
    String first = fixture.letter(app, Reason.SUPERSEDED, message(app, 2, 1, "a"));
    String chat = fixture.letter(app, Reason.SUPERSEDED, fixture.worker.chatJob(app, 2));
    String second = fixture.letter(app, Reason.CHAT_MISSING, message(app, 2, 2, "b"));

    assertThat(fixture.resubmit(Selection.ALL)).isEqualTo(new Result(3, 0));

    String old = "; a void row is in its old place";
    assertThat(fixture.output)
        .containsExactly(
            chat + "  " + name(app) + " chat 2 → chat 3" + old,
            first + "  " + name(app) + " chat 2 message 1 → chat 3 message 1" + old,
            second + "  " + name(app) + " chat 2 message 2 → chat 3 message 2" + old);
    fixture.worker.awaitDrained(app);
    assertThat(fixture.worker.messages(app, 3)).containsExactly("1:a", "2:b");
    assertThat(fixture.worker.messages(app, 2)).containsExactly("1:", "2:");
    assertThat(fixture.lost("chats", app)).isEqualTo(1);
    assertThat(fixture.worker.chatsCount(app)).isEqualTo(3);
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
  }

  /** The process ended when the chat and one of its two messages were accepted. */
  @Test
  void messagesFollowTheirChatInARepetition() {
    String app = fixture.app();
    fixture.chats(app, 2);
    fixture.messages(app, 2, 2);
    fixture.letter(app, Reason.SUPERSEDED, fixture.worker.chatJob(app, 2));
    String chat = fixture.worker.deadLetters(app).getFirst();
    fixture.letter(app, Reason.SUPERSEDED, message(app, 2, 1, "a"));
    fixture.resubmit(Selection.ALL);
    fixture.worker.redis.opsForList().rightPush(fixture.keys(app).dead(), chat);
    fixture.letter(app, Reason.SUPERSEDED, message(app, 2, 2, "b"));

    assertThat(fixture.resubmit(Selection.ALL)).isEqualTo(new Result(2, 0));

    fixture.worker.awaitDrained(app);
    assertThat(fixture.worker.messages(app, 3)).containsExactly("1:a", "2:b");
    assertThat(fixture.worker.chatsCount(app)).isEqualTo(3);
  }

  /** The new chat has the number of the lost one, and is persisted before its message comes. */
  @Test
  void theNumbersOfAChatThatIsAcceptedAgainAreNotFilled() {
    String app = fixture.app();
    fixture.letter(app, Reason.SUPERSEDED, fixture.worker.chatJob(app, 2));
    fixture.letter(app, Reason.SUPERSEDED, message(app, 2, 1, "a"));

    Result result = fixture.resubmission.run(Selection.ALL, _ -> fixture.worker.awaitDrained(app));

    assertThat(result).isEqualTo(new Result(2, 0));
    fixture.worker.awaitDrained(app);
    assertThat(fixture.worker.messages(app, 2)).containsExactly("1:a");
    assertThat(fixture.worker.deadLetters(app)).isEmpty();
  }

  /** Their times tell which chat a message was meant for. */
  @Test
  void messagesOfTwoChatsWithOneNumberFollowTheirOwn() {
    String app = fixture.app();
    AppToken token = new AppToken(app);
    ChatName chat = new ChatName(token, 2);
    Instant time = Instant.ofEpochSecond(1_000);
    for (int i = 0; i < 2; i++) {
      Instant chatAt = time.plusSeconds(10L * i);
      fixture.letter(
          app,
          Reason.SUPERSEDED,
          fixture.worker.codec.openChat(token, ChatContent.NONE, chatAt, null) + "2}");
      String open =
          fixture.worker.codec.openMessage(
              chat, MessageContent.of("of chat " + i), chatAt.plusSeconds(5), null);
      fixture.letter(app, Reason.SUPERSEDED, open + "1}");
    }

    assertThat(fixture.resubmit(Selection.ALL)).isEqualTo(new Result(4, 0));

    fixture.worker.awaitDrained(app);
    assertThat(fixture.worker.chatsCount(app)).isEqualTo(3);
    assertThat(fixture.worker.messages(app, 2)).containsExactly("1:of chat 0");
    assertThat(fixture.worker.messages(app, 3)).containsExactly("1:of chat 1");
  }

  @Test
  void deadLettersAfterManyThatAreKeptAreResubmitted() {
    String app = fixture.app();
    fixture.messages(app, 1, 200);
    for (int number = 2; number <= 121; number++) {
      fixture.letter(app, Reason.REFUSED, message(app, 1, number, "x"));
    }
    String last = fixture.letter(app, Reason.NUMBER_TAKEN, message(app, 1, 1, "other"));

    assertThat(fixture.resubmit(Selection.ALL)).isEqualTo(new Result(1, 120));

    assertThat(fixture.output)
        .anyMatch(line -> line.startsWith(last) && line.endsWith("message 201"));
    fixture.drop(Selection.ALL);
  }

  @Test
  void aChatAndItsMessagesAreOneCall() {
    String app = fixture.app();
    fixture.chats(app, 2);
    fixture.messages(app, 2, 1);
    String chat = fixture.letter(app, Reason.SUPERSEDED, fixture.worker.chatJob(app, 2));
    String message = fixture.letter(app, Reason.SUPERSEDED, message(app, 2, 1, "a"));

    assertThat(fixture.resubmit(Selection.of(List.of(chat)))).isEqualTo(new Result(0, 1));
    assertThat(fixture.output).singleElement().asString().contains("resubmit all in one call");
    assertThat(fixture.resubmit(Selection.of(List.of(message)))).isEqualTo(new Result(0, 1));
    assertThat(fixture.output)
        .singleElement()
        .asString()
        .contains("its chat is the dead letter " + chat, "resubmit both in one call");

    assertThat(fixture.worker.deadLetters(app)).hasSize(2);
    assertThat(fixture.worker.counted(fixture.keys(app).chats(new AppToken(app)))).isEqualTo("2");
    fixture.drop(Selection.ALL);
  }

  @Test
  void otherReasonsAreKept() {
    String app = fixture.app();
    fixture.messages(app, 1, 5);
    String refused = fixture.letter(app, Reason.REFUSED, message(app, 1, 2, "x"));
    String noApp = fixture.letter(app, Reason.APP_MISSING, message(app, 1, 3, "x"));
    String noChat = fixture.letter(app, Reason.CHAT_MISSING, message(app, 1, 4, "x"));
    String unreadable = fixture.letter(app, Reason.UNDECODABLE, "no job");
    String unknown =
        fixture.letter(app, Reason.NUMBER_TAKEN, fixture.worker.chatJob("f".repeat(32), 1));

    assertThat(fixture.resubmit(Selection.ALL)).isEqualTo(new Result(0, 5));

    assertThat(fixture.output)
        .anyMatch(line -> line.startsWith(refused + "  kept: MySQL takes it under no number"))
        .anyMatch(line -> line.startsWith(noApp + "  kept: MySQL does not have its app"))
        .anyMatch(line -> line.startsWith(noChat + "  kept: MySQL does not have its chat"))
        .anyMatch(line -> line.startsWith(unreadable + "  kept: this version cannot decode"))
        .anyMatch(line -> line.startsWith(unknown) && line.endsWith("No app has this token."))
        .noneMatch(line -> line.contains(app));
    assertThat(fixture.worker.deadLetters(app)).hasSize(5);
    assertThat(fixture.worker.messages(app, 1)).containsExactly("1:one");
    fixture.drop(Selection.ALL);
  }

  private static String message(String app, long chat, long number, String body) {
    return fixture.worker.messageJob(app, chat, number, body);
  }

  private static String name(String app) {
    return "app " + app.substring(0, 8) + "…";
  }
}

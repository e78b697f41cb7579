package dev.tally.system.contract.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What clients of all services see when an app is deleted. */
class AppDeletionIT {

  private static TallyClient tally;

  @BeforeAll
  static void start() {
    tally = TallyClient.of(RunningTally.shared());
  }

  @Test
  void aDeletedAppIsGoneEverywhereAtOnce() {
    String app = tally.newApp();
    String other = tally.newApp();
    long chat = tally.newChat(app);
    tally.say(app, chat, "a secret");
    tally.awaitMessages(app, chat, 1);
    String stream = tally.chatUrl(app, chat) + "/messages/stream";
    try (EventStream open = EventStream.open(stream)) {
      open.awaitEvents(1);

      Http.send(Http.request(tally.appUrl(app)).DELETE()).is(202);

      for (String read :
          List.of(
              tally.appUrl(app),
              tally.appUrl(app) + "/chats",
              tally.chatUrl(app, chat) + "/messages",
              tally.chatUrl(app, chat) + "/messages/1",
              tally.chatUrl(app, chat) + "/search?q=secret",
              stream)) {
        assertGone(Http.get(read));
      }
      assertGone(Http.post(tally.chatsTo(app)));
      assertGone(Http.postJson(tally.messagesTo(app, chat), "{\"body\":\"x\"}"));
      assertGone(Http.putJson(tally.messagesTo(app, chat) + "/1", "{\"body\":\"x\"}"));
      await().atMost(Duration.ofMinutes(1)).until(open::isWhole);
      assertThat(open.numbers()).containsExactly(1L);
    }
    // Its neighbour notices nothing.
    tally.say(other, tally.newChat(other), "still here");
    tally.awaitMessages(other, 1, 1);
    // Repeating it is harmless, and the token stays taken.
    Http.send(Http.request(tally.appUrl(app)).DELETE()).is(202);
    assertGone(Http.putJson(tally.appUrl(app), "{\"name\":\"Again\"}"));
  }

  private static void assertGone(Http.Answer answer) {
    answer.isProblem(410, "app-deleted", "App deleted");
  }
}

package dev.tally.system.contract;

import static dev.tally.system.contract.Pages.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients of all services see of a chat or a message that MySQL has lost. */
class LostRowsIT {

  private static final String LOSE_MESSAGE =
      """
      UPDATE messages SET body = '', lost_at = UTC_TIMESTAMP(6)
      WHERE app_id = (SELECT id FROM apps WHERE token = ?) AND chat_number = 1 AND number = 2""";

  private static final String LOSE_CHAT =
      """
      UPDATE chats SET lost_at = UTC_TIMESTAMP(6)
      WHERE app_id = (SELECT id FROM apps WHERE token = ?) AND number = 1""";

  private final RunningTally running = RunningTally.shared();
  private final TallyClient tally = TallyClient.of(running);
  private String app = "";
  private String chat = "";

  @BeforeEach
  void newChat() {
    app = tally.newApp();
    tally.newChat(app);
    chat = tally.chatUrl(app, 1);
  }

  @Test
  void aLostMessageKeepsItsNumber() throws Exception {
    for (String body : new String[] {"one", "two", "three"}) {
      tally.say(app, 1, body);
    }
    tally.awaitMessages(app, 1, 3);
    lose(LOSE_MESSAGE);

    assertThat(tally.say(app, 1, "four")).isEqualTo(4);
    tally.awaitMessages(app, 1, 4);

    assertThat(numbers(chat + "/messages?limit=1")).containsExactly(1L, 2L, 3L, 4L);
    Http.get(chat + "/messages/2").isProblem(410, "message-lost", "Message lost");
    try (EventStream stream = EventStream.open(chat + "/messages/stream")) {
      assertThat(stream.awaitEvents(3).numbers()).containsExactly(1L, 3L, 4L);
    }
  }

  /** A client has the chat's number with a 201, so it may go on using it. */
  @Test
  void aLostChatTakesMessages() throws Exception {
    tally.say(app, 1, "before the loss");
    tally.awaitMessages(app, 1, 1);
    lose(LOSE_CHAT);

    assertThat(tally.say(app, 1, "after the loss")).isEqualTo(2);

    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(chat + "/messages/2").status() == 200);
    Http.get(chat).isProblem(410, "chat-lost", "Chat lost");
    assertThat(numbers(chat + "/messages")).containsExactly(1L, 2L);
    assertThat(Http.get(tally.appUrl(app) + "/chats").json().get(0).has("lost_at")).isTrue();
    try (EventStream stream = EventStream.open(chat + "/messages/stream")) {
      assertThat(stream.awaitEvents(2).numbers()).containsExactly(1L, 2L);
    }
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> Http.get(chat + "/search?q=loss").is(200).json().size() == 2);
    assertThat(tally.newChat(app)).isEqualTo(2);
  }

  private void lose(String statement) throws Exception {
    try (Connection connection = running.servers().mysql();
        PreparedStatement update = connection.prepareStatement(statement)) {
      update.setString(1, app);
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }
}

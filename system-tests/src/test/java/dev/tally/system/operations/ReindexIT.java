package dev.tally.system.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What {@code reindex} makes of an index that holds more than MySQL does. */
class ReindexIT {

  private static final String LOSE =
      """
      UPDATE messages SET body = '', lost_at = UTC_TIMESTAMP(6)
      WHERE app_id = (SELECT id FROM apps WHERE token = ?) AND number = 2""";

  private final RunningTally running = RunningTally.shared();
  private final TallyClient tally = TallyClient.of(running);

  @Test
  void theNewIndexHasNoLostMessages() throws Exception {
    String app = tally.newApp();
    long chat = tally.newChat(app);
    for (int i = 1; i <= 3; i++) {
      tally.say(app, chat, "message " + i);
    }
    tally.awaitMessages(app, chat, 3);
    String url = tally.chatUrl(app, chat) + "/search?q=message";
    await().atMost(Duration.ofMinutes(1)).until(() -> Http.get(url).json().size() == 3);
    try (Connection connection = running.servers().mysql();
        PreparedStatement lose = connection.prepareStatement(LOSE)) {
      lose.setString(1, app);
      assertThat(lose.executeUpdate()).isEqualTo(1);
    }

    RunningTally.CommandResult before = running.command("verify");
    assertThat(before.exitCode()).as(before.output()).isEqualTo(1);
    assertThat(before.output()).contains("is no persisted message").doesNotContain("gaps");
    assertThat(running.command("reindex").exitCode()).isZero();

    RunningTally.CommandResult after = running.command("verify");
    assertThat(after.exitCode()).as(after.output()).isZero();
    assertThat(Http.get(url).json().size()).isEqualTo(2);
  }
}

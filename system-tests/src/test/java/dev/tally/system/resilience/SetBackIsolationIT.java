package dev.tally.system.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.common.identity.AppToken;
import dev.tally.common.partition.Partitions;
import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A MySQL that was set back gives the id of a lost app to a new one. */
class SetBackIsolationIT {

  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    tally = TallyClient.of(running);
  }

  @Test
  void aNewTenantNeverFindsALostTenantsMessages() throws Exception {
    String neighbour = tally.newApp();
    String lost = tally.newApp();
    while (partition(lost) != partition(neighbour)) {
      lost = tally.newApp();
    }
    long chat = tally.newChat(lost);
    tally.say(lost, chat, "confidential");
    tally.newChat(neighbour);
    tally.awaitChats(neighbour, 1);
    awaitFound(lost, chat, "confidential");
    long id = one("SELECT id FROM apps WHERE token = '" + lost + "'");
    String before = live();

    setBack(id, partition(lost));
    String fresh = tally.newApp();
    assertThat(one("SELECT id FROM apps WHERE token = '" + fresh + "'")).isEqualTo(id);
    assertThat(tally.newChat(fresh)).isEqualTo(chat);
    tally.awaitChats(fresh, 1);
    assertThat(found(fresh, chat, "confidential")).as("before anybody notices").isZero();
    tally.say(fresh, chat, "harmless");
    awaitFound(fresh, chat, "harmless");
    assertThat(found(fresh, chat, "confidential")).isZero();

    tally.newChat(neighbour);
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              assertThat(found(fresh, chat, "confidential")).isZero();
              return !live().equals(before)
                  && one("SELECT COUNT(*) FROM partition_positions WHERE index_due <> 0") == 0;
            });
    awaitFound(fresh, chat, "harmless");
    RunningTally.CommandResult verified = running.command("verify");
    assertThat(verified.output()).doesNotContain("belongs to no app");
  }

  private static int partition(String app) {
    return new Partitions(16).of(new AppToken(app)).partition();
  }

  /** The backup is from before the app was created. */
  private static void setBack(long id, int partition) throws SQLException {
    for (String statement :
        new String[] {
          "DELETE FROM messages WHERE app_id = " + id,
          "DELETE FROM chats WHERE app_id = " + id,
          "DELETE FROM apps WHERE id = " + id,
          "ALTER TABLE apps AUTO_INCREMENT = " + id,
          "UPDATE partition_positions SET persisted = 0, seen = 0 WHERE partition_number = "
              + partition
        }) {
      try (Connection connection = running.servers().mysql();
          Statement sql = connection.createStatement()) {
        sql.execute(statement);
      }
    }
  }

  private static int found(String app, long chat, String word) {
    return Http.get(tally.chatUrl(app, chat) + "/search?q=" + word).is(200).json().size();
  }

  private static void awaitFound(String app, long chat, String word) {
    await().atMost(Duration.ofMinutes(1)).until(() -> found(app, chat, word) == 1);
  }

  private static String live() throws SQLException {
    return text("SELECT name FROM search_indexes WHERE role = 'LIVE'");
  }

  private static long one(String sql) throws SQLException {
    return Long.parseLong(text(sql));
  }

  private static String text(String sql) throws SQLException {
    try (Connection connection = running.servers().mysql();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getString(1);
    }
  }
}

package dev.tally.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.ServerKind;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.deployment.LinkedService;
import dev.tally.system.faults.workload.Client;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Request;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A worker freezes for good in the middle of a transaction: its rows are locked and its connection
 * is open, but its work must continue. The test takes minutes, so it runs only with the fault suite
 * on its own.
 */
@Tag("faults")
@EnabledIfSystemProperty(named = "faults.minutes", matches = ".+")
class StandstillIT {

  private static final Duration SLOW = Duration.ofMillis(200);

  @Test
  void anotherWorkerFinishesTheLockedWorkOfAFrozenWorker() throws Exception {
    try (Deployment deployment = Deployment.start(Deployment.Options.of(1, 2, 1))) {
      Client client = new Client(1, Client.Surroundings.of(deployment));
      Outcome created = client.ask(new Request.NewApp("stands still"));
      assertThat(created).isInstanceOf(Outcome.CreatedApp.class);
      String app = ((Outcome.CreatedApp) created).token();
      assertThat(client.ask(new Request.NewChat(app, null))).isEqualTo(new Outcome.Accepted(1, 1));
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> client.ask(new Request.ReadChat(app, 1)) instanceof Outcome.ChatSeen);

      LinkedService stands = deployment.worker(0);
      LinkedService successor = deployment.worker(1);
      successor.kill();
      stands.link(ServerKind.MARIADB).delay(SLOW, SLOW);
      long sent = 0;
      boolean locked = false;
      while (!locked) {
        assertThat(client.ask(new Request.NewMessages(app, 1, List.of("message " + ++sent), null)))
            .isInstanceOf(Outcome.Accepted.class);
        Thread.sleep(SLOW.multipliedBy(4));
        stands.freeze();
        locked = holdsLocks(deployment);
        if (!locked) {
          stands.thaw();
        }
      }
      successor.start();

      long messages = sent;
      await()
          .atMost(Duration.ofMinutes(4))
          .until(
              () ->
                  client.ask(new Request.ReadChat(app, 1)).equals(new Outcome.ChatSeen(messages)));
    }
  }

  private static boolean holdsLocks(Deployment deployment) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(deployment.server(ServerKind.MARIADB).url(), "root", "");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_rows_locked > 0")) {
      return row.next() && row.getInt(1) > 0;
    }
  }
}

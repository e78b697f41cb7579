package dev.tally.system.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.deployment.LinkedService;
import dev.tally.system.faults.workload.Client;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * MySQL is away until the queue is full. Before that, gateways accept writes. After that, they
 * refuse writes and give out no number. When MySQL is back, every accepted write is there, in
 * order.
 */
@Tag("faults")
@ExtendWith(Scenario.KeepLogs.class)
class DatabaseOutageIT {

  private static final int BATCH = 100;

  @Test
  void writesAreAcceptedUntilTheQueueIsFull() {
    Scenario scenario = Scenario.begin();
    Server mariaDb = scenario.deployment().server(ServerKind.MARIADB);
    List<Parent.Chat> chats = scenario.newChats(2);
    String app = chats.getFirst().app();
    Client client = scenario.newClient();
    mariaDb.kill();

    long accepted = 0;
    Outcome outcome;
    do {
      List<String> bodies = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        bodies.add(scenario.newBody());
      }
      outcome = client.ask(new Request.NewMessages(app, 1 + (accepted / BATCH) % 2, bodies, null));
      accepted += outcome instanceof Outcome.Accepted ? BATCH : 0;
    } while (outcome instanceof Outcome.Accepted);

    // A tenth of the queue is for apps that have few jobs waiting.
    assertThat(accepted).isGreaterThanOrEqualTo(Scenario.QUEUE_LIMIT * 9 / 10);
    Outcome full = new Outcome.Refused(503, "queue-full");
    assertThat(outcome).isEqualTo(full);
    List<String> batch = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      batch.add(scenario.newBody());
    }
    for (LinkedService gateway : scenario.deployment().services(LinkedService.Kind.GATEWAY)) {
      assertThat(client.ask(new Request.NewMessages(app, 1, batch, null), gateway.url()))
          .isEqualTo(full);
    }
    assertThat(client.ask(new Request.ReadChat(app, 1)))
        .isEqualTo(new Outcome.Unknown("503 unavailable"));
    assertThat(client.ask(new Request.NewChat("ab".repeat(16), null)))
        .isEqualTo(new Outcome.Unknown("503 unavailable"));

    try (Scenario.Load _ =
        scenario.load(
            4,
            Duration.ofMillis(20),
            reader -> turn -> reader.ask(new Request.ReadMessages(app, 1 + turn % 2, 0, 1000)))) {
      mariaDb.start();
      scenario.awaitDrained();
    }
    assertThat(client.ask(new Request.NewMessages(app, 1, List.of(scenario.newBody()), null)))
        .isInstanceOf(Outcome.Accepted.class);
    scenario.assertPromisesKept();
  }
}

package dev.tally.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.deployment.Deployment;
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
 * Redis' memory is full of jobs, and every worker is started anew. Gateways refuse writes and give
 * out no number. Workers take their leases and drain the queues without help.
 */
@Tag("faults")
@ExtendWith(Scenario.KeepLogs.class)
class FullRedisIT {

  private static final int BATCH = 100;

  @Test
  void newWorkersDrainARedisWithoutMemory() throws Exception {
    Scenario scenario = Scenario.begin();
    Deployment deployment = scenario.deployment();
    Server mariaDb = deployment.server(ServerKind.MARIADB);
    List<Parent.Chat> chats = scenario.newChats(2);
    String app = chats.getFirst().app();
    Client client = scenario.newClient();
    mariaDb.kill();
    for (int i = 0; i < 10; i++) {
      List<String> bodies = new ArrayList<>();
      for (int j = 0; j < BATCH; j++) {
        bodies.add(scenario.newBody());
      }
      assertThat(client.ask(new Request.NewMessages(app, 1 + i % 2, bodies, null)))
          .isInstanceOf(Outcome.Accepted.class);
    }

    deployment.fillRedisMemory();
    for (LinkedService worker : deployment.services(LinkedService.Kind.WORKER)) {
      worker.kill();
    }
    Request write = new Request.NewMessages(app, 1, List.of(scenario.newBody()), null);
    assertThat(client.ask(write)).isEqualTo(new Outcome.Refused(503, "queue-full"));
    mariaDb.start();
    deployment.services(LinkedService.Kind.WORKER).forEach(LinkedService::start);

    await().atMost(Duration.ofMinutes(2)).until(() -> scenario.queued() == 0);
    assertThat(client.ask(write)).isEqualTo(new Outcome.Refused(503, "queue-full"));
    deployment.heal();
    // Each gateway looks at Redis' memory once a second.
    for (LinkedService gateway : deployment.services(LinkedService.Kind.GATEWAY)) {
      await()
          .until(
              () ->
                  client.ask(
                          new Request.NewMessages(app, 1, List.of(scenario.newBody()), null),
                          gateway.url())
                      instanceof Outcome.Accepted);
    }
    scenario.assertPromisesKept();
  }
}

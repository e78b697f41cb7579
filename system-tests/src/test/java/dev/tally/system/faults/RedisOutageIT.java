package dev.tally.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.deployment.Deployment;
import dev.tally.system.faults.deployment.LinkedService;
import dev.tally.system.faults.workload.Client;
import dev.tally.system.faults.workload.History;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.system.faults.workload.State;
import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Sender;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Redis is gone, or worse: it accepts connections and does not answer. Gateways refuse all writes
 * at once, not one after the other, and reads still work.
 */
@Tag("faults")
@ExtendWith(Scenario.KeepLogs.class)
class RedisOutageIT {

  private static final int REQUESTS = 200;

  /**
   * Much longer than one request waits for Redis, and much shorter than all requests would take one
   * after the other.
   */
  private static final Duration BOUND = Duration.ofSeconds(15);

  private static final Sender SENDER = new Sender(BOUND, BOUND);

  @Test
  void gatewaysRefuseWritesAtOnceWhileRedisIsGone() throws Exception {
    writesAreRefusedAtOnce(Server::kill);
  }

  @Test
  void gatewaysRefuseWritesAtOnceWhileRedisDoesNotAnswer() throws Exception {
    writesAreRefusedAtOnce(Server::freeze);
  }

  private static void writesAreRefusedAtOnce(Consumer<Server> fault) throws Exception {
    Scenario scenario = Scenario.begin();
    Deployment deployment = scenario.deployment();
    Parent.Chat chat = scenario.newChats(1).getFirst();
    Client client = scenario.newClient();
    String app = chat.app();
    assertThat(client.ask(new Request.NewMessages(app, 1, List.of(scenario.newBody()), null)))
        .isEqualTo(new Outcome.Accepted(1, 1));
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> client.ask(new Request.ReadChat(app, 1)).equals(new Outcome.ChatSeen(1)));
    fault.accept(deployment.server(ServerKind.REDIS));

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Http.Answer>> answers = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        Request.NewMessages request =
            new Request.NewMessages(app, 1, List.of(scenario.newBody()), null);
        String gateway = deployment.gateway(i % 2).url();
        answers.add(threads.submit(() -> refused(scenario, request, gateway)));
      }
      for (LinkedService gateway : deployment.services(LinkedService.Kind.GATEWAY)) {
        get(gateway.url() + "/actuator/health/liveness").is(200);
        get(gateway.url() + "/actuator/health/readiness").is(503);
      }
      for (LinkedService api : deployment.services(LinkedService.Kind.API)) {
        get(api.url() + "/apps/" + app + "/chats/1/messages").is(200);
        get(api.url() + "/apps/" + app + "/chats/9").is(404);
      }
      for (Future<Http.Answer> answer : answers) {
        Http.Answer refused = answer.get().isProblem(503, "unavailable", "Service unavailable");
        assertThat(refused.header("Retry-After")).isPresent();
      }
    }

    deployment.heal();
    Request again = new Request.NewMessages(app, 1, List.of(scenario.newBody()), "again");
    assertThat(client.askUntilAnswered(again, null)).isInstanceOf(Outcome.Accepted.class);
    scenario.assertPromisesKept();
  }

  /**
   * Sends a write with a timeout of its own. A refused client does not know whether the write
   * happened.
   */
  private static Http.Answer refused(Scenario scenario, Request.NewMessages request, String gateway)
      throws Exception {
    long start = System.nanoTime();
    try {
      String url = "%s/apps/%s/chats/%d/messages".formatted(gateway, request.app(), request.chat());
      String body = request.bodies().getFirst();
      return SENDER.send(
          Http.request(url, "Content-Type", "application/json")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      "{\"body\":\"%s\",\"author\":\"%s\"}"
                          .formatted(body, State.Message.name(body)))));
    } finally {
      scenario
          .history()
          .record(
              new History.Entry(
                  0, request, new Outcome.Unknown("refused"), start, System.nanoTime()));
    }
  }

  private static Http.Answer get(String url) throws Exception {
    return SENDER.send(Http.request(url));
  }
}

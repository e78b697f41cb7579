package dev.tally.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.stack.Server;
import dev.tally.stack.ServerKind;
import dev.tally.system.faults.deployment.LinkedService;
import dev.tally.system.faults.workload.Client;
import dev.tally.system.faults.workload.Outcome;
import dev.tally.system.faults.workload.Parent;
import dev.tally.system.faults.workload.Request;
import dev.tally.testkit.http.Http;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Elasticsearch is away for a long time. Writes and reads still work, and searches answer 503.
 * Messages that are not indexed yet wait in MySQL, not in the memory of a worker.
 */
@Tag("faults")
@ExtendWith(Scenario.KeepLogs.class)
class SearchOutageIT {

  /** As long as a message may be. A batch of 50 such messages has the maximum size. */
  private static final String LONG = ("слово" + "ж".repeat(95) + " ").repeat(98);

  private static final int BATCHES = 48;
  private static final int BATCH = 50;

  @Test
  void messagesPersistedDuringTheOutageAreSearchableAfterIt() throws Exception {
    Scenario scenario = Scenario.begin();
    Server elasticsearch = scenario.deployment().server(ServerKind.ELASTICSEARCH);
    Parent.Chat chat = scenario.newChats(1).getFirst();
    Client client = scenario.newClient();
    elasticsearch.kill();

    for (int i = 0; i < BATCHES; i++) {
      List<String> bodies = new ArrayList<>();
      for (int j = 0; j < BATCH; j++) {
        bodies.add(LONG + scenario.newBody());
      }
      assertThat(client.ask(new Request.NewMessages(chat.app(), chat.number(), bodies, null)))
          .isInstanceOf(Outcome.Accepted.class);
    }
    int count = BATCHES * BATCH;
    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                client
                    .ask(new Request.ReadChat(chat.app(), chat.number()))
                    .equals(new Outcome.ChatSeen(count)));
    assertThat(client.ask(new Request.ReadMessages(chat.app(), chat.number(), count - 10, 100)))
        .isInstanceOfSatisfying(
            Outcome.Page.class, page -> assertThat(page.messages()).hasSize(10));
    assertThat(scenario.outbox()).isEqualTo(count);
    for (LinkedService api : scenario.deployment().services(LinkedService.Kind.API)) {
      assertSearchIsUnavailable(api, chat);
    }

    elasticsearch.start();

    scenario.assertPromisesKept();
    for (LinkedService worker : scenario.deployment().services(LinkedService.Kind.WORKER)) {
      assertThat(worker.hasEndedByItself()).isFalse();
      assertThat(Files.readString(worker.log())).doesNotContain("OutOfMemoryError");
    }
    assertThat(Client.finds(scenario.deployment().api(0).url(), chat, "message 2400", 2400))
        .isTrue();
  }

  private static void assertSearchIsUnavailable(LinkedService api, Parent.Chat chat) {
    String url = "%s/apps/%s/chats/%d/search?q=x".formatted(api.url(), chat.app(), chat.number());
    Http.Answer answer = Http.get(url).isProblem(503, "unavailable", "Service unavailable");
    assertThat(answer.header("Retry-After")).isPresent();
  }
}

package dev.tally.system.contract.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tally.system.RunningTally;
import dev.tally.testkit.http.EventStream;
import dev.tally.testkit.http.Http;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** Which requests get no stream, and why. */
class StreamRefusalsIT extends StreamFixture {

  @Test
  void aChatThatDoesNotExistHasNoStream() {
    String unknown = "0123456789abcdef0123456789abcdef";
    ConfigurableApplicationContext api = api();
    String apps = RunningTally.url(api) + "/apps/";

    for (String token : List.of(unknown, "x", "%20")) {
      Http.get(apps + token + "/chats/1/messages/stream")
          .isProblem(404, "app-not-found", "App not found");
    }
    for (String number : List.of("2", "0", "-1", "x", "99999999999999999999")) {
      Http.get(apps + app + "/chats/" + number + "/messages/stream")
          .isProblem(404, "chat-not-found", "Chat not found");
    }
    assertThat(metric(api, "tally_streams_open", "")).isZero();
  }

  @Test
  void aChatThatIsNotPersistedYetHasNoStreamYet() {
    running.stopWorker();
    long next;
    try {
      next = tally.newChat(app);
      Http.Answer answer =
          Http.get(url().replace("/" + chat + "/", "/" + next + "/"))
              .isProblem(404, "not-persisted-yet", "Not persisted yet");
      assertThat(answer.header("Retry-After")).hasValue("1");
    } finally {
      running.startWorker();
    }
    tally.awaitChats(app, next);
    closed(EventStream.open(url().replace("/" + chat + "/", "/" + next + "/")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"after=x", "after=-1", "after=", "after=1e3", "after=99999999999999999"})
  void anInvalidPositionIsRefused(String query) {
    Http.get(url() + "?" + query).isProblem(400, "malformed-request", "after must be a number.");
    Http.get(url(), "Last-Event-ID", "x")
        .isProblem(400, "malformed-request", "Last-Event-ID must be a number.");
  }

  @Test
  void aClientThatDoesNotAcceptEventsGets406() {
    Http.get(url(), "Accept", "application/json")
        .isProblem(406, "not-acceptable", "Not acceptable");
    Http.get(url(), "Accept", "nonsense").isProblem(406, "not-acceptable", "Not acceptable");
    closed(EventStream.open(url(), "Accept", "application/json, text/*"));
  }

  @Test
  void aHeadRequestGetsTheHeaders() {
    ConfigurableApplicationContext api = api();

    Http.Answer head =
        Http.send(
            HttpRequest.newBuilder(URI.create(url(api)))
                .method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(head.is(200).header("Content-Type")).hasValue("text/event-stream;charset=UTF-8");
    await().until(() -> metric(api, "tally_streams_open", "") == 0);
  }
}

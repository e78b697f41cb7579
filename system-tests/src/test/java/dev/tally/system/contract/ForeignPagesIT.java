package dev.tally.system.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tally.system.RunningTally;
import dev.tally.system.TallyClient;
import dev.tally.testkit.http.Http;
import dev.tally.testkit.http.Wire;
import java.net.http.HttpRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/** What pages of other sites reach through the browser of somebody who runs Tally. */
class ForeignPagesIT {

  private static final String FORM = "application/x-www-form-urlencoded";

  private static RunningTally running;
  private static TallyClient tally;

  @BeforeAll
  static void start() {
    running = RunningTally.shared();
    tally = TallyClient.of(running);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/apps", "/apps?limit=1", "/docs", "/openapi.json", "/operations"})
  void anUnknownHostGetsNothing(String path) {
    for (String host : List.of("evil.example", "evil.example:3000", "localhost.evil.example")) {
      Wire.Answer answer = get(tally.api(), path, host);

      assertThat(answer.status()).as(host).isEqualTo(421);
      assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
      assertThat(answer.body())
          .contains("urn:tally:problem:misdirected-request", "TALLY_API_HOSTS")
          .contains("\"error\":\"Misdirected request\"");
    }
    for (String host : List.of("localhost", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST:1")) {
      assertThat(get(tally.api(), path, host).status()).as(host).isEqualTo(200);
    }
  }

  @Test
  void anUnknownHostWritesNothing() {
    Wire.Answer answer =
        exchange(
            tally.api(),
            "POST /apps HTTP/1.1\r\nHost: evil.example\r\nContent-Type: "
                + FORM
                + "\r\nContent-Length: 6\r\nConnection: close\r\n\r\nname=x");

    assertThat(answer.status()).isEqualTo(421);
  }

  @Test
  void probesNeedNoKnownHost() {
    for (String path : List.of("/readyz", "/actuator/health/readiness", "/actuator/prometheus")) {
      assertThat(get(tally.api(), path, "10-0-0-1.pods.example").status()).isEqualTo(200);
    }
    // Its body has no length, so it looks like another answer.
    assertThat(Wire.send(tally.api(), "GET /apps HTTP/1.0\r\n\r\n").answers().getFirst().status())
        .isEqualTo(200);
  }

  @Test
  void theGatewayHasNoListToRead() {
    assertThat(get(tally.gateway(), "/openapi.json", "evil.example").status()).isEqualTo(200);
  }

  @Test
  void namesCanBeGiven() {
    try (ConfigurableApplicationContext api =
        running.startApi("--TALLY_API_HOSTS=chat.example.com, chat-api")) {
      String url = RunningTally.url(api);
      assertThat(get(url, "/apps", "chat.example.com").status()).isEqualTo(200);
      assertThat(get(url, "/apps", "Chat-API:3000").status()).isEqualTo(200);
      assertThat(get(url, "/apps", "localhost").status()).isEqualTo(200);
      assertThat(get(url, "/apps", "example.com").status()).isEqualTo(421);
    }
  }

  @Test
  void anAdminKeyMakesAnyHostSafe() {
    try (ConfigurableApplicationContext api =
        running.startApi("--TALLY_ADMIN_KEY=correct-horse-battery-staple")) {
      assertThat(get(RunningTally.url(api), "/apps", "chat.example.com").status()).isEqualTo(401);
      assertThat(get(RunningTally.url(api), "/docs", "chat.example.com").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://evil.example, cross-site",
    "https://evil.example, ",
    "http://localhost:1, same-site",
    "null, cross-site",
    ", cross-site"
  })
  void aForeignPageWritesNothing(String origin, String site) {
    String app = tally.newApp();
    tally.newChat(app);
    tally.awaitChats(app, 1);
    String[] headers = headers(origin, site);

    refused(form(tally.api() + "/apps", "name=x", headers));
    refused(Http.putJson(tally.appUrl(app), "{\"name\":\"taken\"}", headers));
    refused(Http.post(tally.chatsTo(app), headers));
    refused(form(tally.messagesTo(app, 1), "body=x", headers));
    refused(Http.postJson(tally.messagesTo(app, 1), "{\"body\":\"x\"}", headers));

    assertThat(Http.get(tally.appUrl(app)).is(200).text("name")).isEqualTo("Acme");
    tally.say(app, 1, "first");
    tally.awaitMessages(app, 1, 1);
    assertThat(Http.get(tally.appUrl(app)).number("chats_count")).isEqualTo(1);
    assertThat(Http.get(tally.chatUrl(app, 1)).number("messages_count")).isEqualTo(1);
    // Reads stay as they are: no page can see their answers.
    Http.get(tally.appUrl(app), headers).is(200);
  }

  @Test
  void theOwnAndTheAllowedPagesWrite() {
    String origin = "https://console.example";
    try (RunningTally others = running.another("--TALLY_CORS_ORIGINS=" + origin)) {
      TallyClient theirs = TallyClient.of(others);
      for (String[] headers :
          new String[][] {
            headers(origin, "cross-site"),
            headers(theirs.api(), "same-origin"),
            headers(null, "none")
          }) {
        Http.postJson(theirs.api() + "/apps", "{\"name\":\"x\"}", headers).is(201);
      }
      String app = theirs.newApp();
      Http.post(theirs.chatsTo(app), headers(origin, "cross-site")).is(201);
      Http.post(theirs.chatsTo(app), headers(theirs.gateway(), "same-origin")).is(201);
      refused(Http.post(theirs.chatsTo(app), headers(theirs.api(), "same-site")));
    }
  }

  private static void refused(Http.Answer answer) {
    answer.isProblem(403, "foreign-origin", "Foreign origin");
  }

  private static Http.Answer form(String url, String form, String... headers) {
    return Http.send(
        Http.request(url, headers)
            .header("Content-Type", FORM)
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private static String[] headers(@Nullable String origin, @Nullable String site) {
    if (origin == null) {
      return new String[] {"Sec-Fetch-Site", site};
    }
    return site == null
        ? new String[] {"Origin", origin}
        : new String[] {"Origin", origin, "Sec-Fetch-Site", site};
  }

  private static Wire.Answer get(String service, String path, String host) {
    return exchange(
        service, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host));
  }

  private static Wire.Answer exchange(String service, String request) {
    List<Wire.Answer> answers = Wire.send(service, request).answers();
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }
}
